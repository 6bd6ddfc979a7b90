/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;

/** Records as the converter hands them on: each holds its own coordinates, so that it is known again in an object. */
final class Results {

    /** Two versions of a schema. */
    static final List<String> SCHEMAS = List.of(
            "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"partition\",\"type\":\"int\"},"
                    + "{\"name\":\"offset\",\"type\":\"long\"},{\"name\":\"energy\",\"type\":\"double\"}]}",
            "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"partition\",\"type\":\"int\"},"
                    + "{\"name\":\"offset\",\"type\":\"long\"},{\"name\":\"energy\",\"type\":\"double\"},"
                    + "{\"name\":\"seed\",\"type\":\"int\",\"default\":0}]}");

    private static final List<Schema> PARSED =
            SCHEMAS.stream().map(it -> new Schema.Parser().parse(it)).toList();
    private static final List<org.apache.kafka.connect.data.Schema> CONNECT =
            List.of(EncodedRecord.connectSchema(1, SCHEMAS.get(0)), EncodedRecord.connectSchema(2, SCHEMAS.get(1)));

    private Results() {
    }

    /** A record of the schema's version 0 or 1. */
    static SinkRecord result(TopicPartition partition, long offset, int version) {
        return new SinkRecord(partition.topic(), partition.partition(), null, null, CONNECT.get(version),
                body(partition.partition(), offset, version), offset);
    }

    static SinkRecord tombstone(TopicPartition partition, long offset) {
        return new SinkRecord(partition.topic(), partition.partition(), null, null, null, null, offset);
    }

    private static byte[] body(int partition, long offset, int version) {
        GenericData.Record value = new GenericData.Record(PARSED.get(version));
        value.put("partition", partition);
        value.put("offset", offset);
        value.put("energy", offset / 3.0);
        if (version == 1) {
            value.put("seed", 7);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        try {
            new GenericDatumWriter<>(PARSED.get(version)).write(value, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
