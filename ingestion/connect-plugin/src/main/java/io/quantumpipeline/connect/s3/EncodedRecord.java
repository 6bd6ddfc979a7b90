/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * One Avro value as it came, with the schema that its writer used: what the converter hands to the sink.
 *
 * <p>Between the two, Connect carries it as bytes whose Connect schema names the writer's schema and its id. Nothing is
 * mapped to Connect's own types, which would lose what they do not have.
 *
 * @param body   the Avro body, without the wire format's header
 * @param schema the writer's schema as JSON
 */
record EncodedRecord(byte[] body, String schema) {

    private static final String NAME = "io.quantumpipeline.avro.EncodedRecord";
    private static final String SCHEMA = "avro.schema";
    private static final String SCHEMA_ID = "avro.schema.id";

    /** The Connect schema of values that were written with the schema of this id. */
    static Schema connectSchema(int schemaId, String schema) {
        return SchemaBuilder.bytes()
                .name(NAME)
                .parameter(SCHEMA, schema)
                .parameter(SCHEMA_ID, Integer.toString(schemaId))
                .build();
    }

    static boolean isValueOf(SinkRecord sinkRecord) {
        Schema schema = sinkRecord.valueSchema();
        return schema != null && NAME.equals(schema.name()) && sinkRecord.value() instanceof byte[];
    }

    static EncodedRecord valueOf(SinkRecord sinkRecord) {
        return new EncodedRecord((byte[]) sinkRecord.value(), sinkRecord.valueSchema().parameters().get(SCHEMA));
    }
}
