/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;

/**
 * Takes messages of Confluent's wire format apart: a zero byte, the schema's id in four bytes, the Avro body.
 *
 * <p>The body stays as it is; its Connect schema carries the writer's schema. A message is poison, and goes to the dead
 * letters where the connector has them, when it is not of this format, when the registry does not know its id, when its
 * id belongs to the subject of another topic, or when its body is not one value of its schema. A registry that does
 * not answer makes no message poison: Connect tries again for {@code errors.retry.timeout}.
 *
 * <p>Good for values and for keys, on the way out of Kafka only.
 */
public final class AvroWireConverter implements Converter, Versioned {

    private static final byte MAGIC = 0;
    private static final int HEADER_BYTES = 1 + Integer.BYTES;

    private record WriterSchema(org.apache.avro.Schema avro, Schema connect) {
    }

    private record Registration(int schemaId, String subject) {
    }

    // Answers that can change are never kept: an id or a subject that is unknown now may be registered in a moment.
    private final Map<Integer, WriterSchema> schemas = new HashMap<>();
    private final Set<Registration> registrations = new HashSet<>();
    private SchemaRegistryClient registry;
    private boolean checksSubject;
    private String subjectSuffix;

    @Override
    public String version() {
        return Version.CURRENT;
    }

    @Override
    public ConfigDef config() {
        return AvroWireConverterConfig.DEFINITION;
    }

    @Override
    public void configure(Map<String, ?> properties, boolean isKey) {
        AvroWireConverterConfig config = new AvroWireConverterConfig(properties);
        registry = new SchemaRegistryClient(config.endpoints(), config.timeout());
        checksSubject = config.checksSubject();
        subjectSuffix = isKey ? "-key" : "-value";
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte[] message) {
        if (message == null) {
            return SchemaAndValue.NULL;
        }
        int id = schemaId(message);
        WriterSchema schema = schemas.get(id);
        if (schema == null) {
            schema = ask(id);
            schemas.put(id, schema);
        }
        if (checksSubject) {
            checkSubject(topic + subjectSuffix, id);
        }
        try {
            AvroBody.check(schema.avro(), message, HEADER_BYTES);
        } catch (MalformedBodyException e) {
            throw new DataException("the body is not a value of its schema (id %d): %s".formatted(id, e.getMessage()), e);
        }
        return new SchemaAndValue(schema.connect(), Arrays.copyOfRange(message, HEADER_BYTES, message.length));
    }

    @Override
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
        throw new DataException("AvroWireConverter reads from Kafka only; it cannot write to topic " + topic);
    }

    private static int schemaId(byte[] message) {
        if (message.length < HEADER_BYTES) {
            throw new DataException("not of Confluent's wire format: %d bytes".formatted(message.length));
        }
        if (message[0] != MAGIC) {
            throw new DataException("not of Confluent's wire format: it begins with byte %d, not 0".formatted(message[0]));
        }
        int id = ByteBuffer.wrap(message, 1, Integer.BYTES).getInt();
        if (id < 0) {
            throw new DataException("not of Confluent's wire format: schema id " + id);
        }
        return id;
    }

    private WriterSchema ask(int id) {
        String text = registry.schema(id);
        try {
            return new WriterSchema(new org.apache.avro.Schema.Parser().parse(text), EncodedRecord.connectSchema(id, text));
        } catch (AvroRuntimeException e) {
            throw new DataException("schema id %d is not a valid Avro schema: %s".formatted(id, e.getMessage()), e);
        }
    }

    private void checkSubject(String subject, int id) {
        Registration registration = new Registration(id, subject);
        if (registrations.contains(registration)) {
            return;
        }
        if (!registry.isRegisteredUnder(subject, id)) {
            throw new DataException("schema id %d is not registered under subject %s".formatted(id, subject));
        }
        registrations.add(registration);
    }
}
