/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;

/** A store in memory that can fail, and that takes no other bytes for a name than those it has. */
final class MemoryStore implements ObjectStore {

    /** What becomes of a put. */
    enum Outcome { STORED, NOT_REACHED, STORED_BUT_NOT_ACKNOWLEDGED, REFUSED }

    final Map<String, byte[]> objects = new TreeMap<>();
    final Deque<Outcome> outcomes = new ArrayDeque<>();
    int puts;

    @Override
    public void put(String key, FileContent content) {
        puts++;
        Outcome outcome = outcomes.isEmpty() ? Outcome.STORED : outcomes.poll();
        if (outcome == Outcome.REFUSED) {
            throw new ConnectException("refused");
        }
        if (outcome != Outcome.NOT_REACHED) {
            keep(key, content);
        }
        if (outcome != Outcome.STORED) {
            throw new RetriableException("not reached");
        }
    }

    private void keep(String key, FileContent content) {
        try {
            byte[] bytes = content.read(0, Math.toIntExact(content.size()));
            byte[] before = objects.put(key, bytes);
            if (before != null) {
                assertArrayEquals(before, bytes, () -> key + " has become another object");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
    }

    /** The records of an object, as Avro's own reader reads them. */
    List<GenericRecord> records(String key) {
        try (DataFileReader<GenericRecord> reader = new DataFileReader<>(
                new SeekableByteArrayInput(objects.get(key)), new GenericDatumReader<>())) {
            List<GenericRecord> records = new ArrayList<>();
            reader.forEach(records::add);
            return records;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The writer's schema in an object. */
    String schema(String key) {
        try (DataFileReader<GenericRecord> reader = new DataFileReader<>(
                new SeekableByteArrayInput(objects.get(key)), new GenericDatumReader<>())) {
            return new String(reader.getMeta("avro.schema"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
