/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import static io.quantumpipeline.connect.s3.Results.result;
import static io.quantumpipeline.connect.s3.Results.tombstone;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quantumpipeline.connect.s3.MemoryStore.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3SinkTaskTest {

    private static final TopicPartition ZERO = new TopicPartition("t", 0);
    private static final TopicPartition ONE = new TopicPartition("t", 1);

    private final MemoryStore store = new MemoryStore();
    private final Worker.Cluster cluster = new Worker.Cluster(new HashMap<>(), new HashMap<>());

    private Worker worker(String... configuration) {
        Worker worker = new Worker(cluster, store, Configurations.sink(configuration));
        worker.open(cluster.log().keySet());
        return worker;
    }

    private void log(TopicPartition partition, SinkRecord... records) {
        NavigableMap<Long, SinkRecord> log = cluster.log().computeIfAbsent(partition, it -> new TreeMap<>());
        for (SinkRecord record : records) {
            log.put(record.kafkaOffset(), record);
        }
    }

    private void log(TopicPartition partition, int count) {
        for (int offset = 0; offset < count; offset++) {
            log(partition, result(partition, offset, 0));
        }
    }

    private static String key(int partition, int offset) {
        return "topics/t/partition=%d/t+%d+%010d.avro".formatted(partition, partition, offset);
    }

    private Map<String, List<Long>> offsets() {
        Map<String, List<Long>> offsets = new TreeMap<>();
        store.objects.keySet().forEach(key ->
                offsets.put(key, store.records(key).stream().map(it -> (Long) it.get("offset")).toList()));
        return offsets;
    }

    @Test
    void anObjectForEachRecord() {
        log(ZERO, 2);
        log(ONE, 1);
        Worker worker = worker();
        worker.poll(ZERO, 10);
        worker.poll(ONE, 10);
        worker.commit();

        assertEquals(Map.of(key(0, 0), List.of(0L), key(0, 1), List.of(1L), key(1, 0), List.of(0L)), offsets());
        assertEquals(Map.of(ZERO, 2L, ONE, 1L), cluster.committed());
    }

    @Test
    void theObjectHoldsTheWritersSchema() {
        log(ZERO, 1);
        worker().poll(ZERO, 1);

        assertEquals(new Schema.Parser().parse(Results.SCHEMAS.get(0)),
                new Schema.Parser().parse(store.schema(key(0, 0))));
        assertEquals(0.0, store.records(key(0, 0)).get(0).get("energy"));
    }

    @Test
    void onlyFullFilesAreWrittenAndCommitted() {
        log(ZERO, 7);
        Worker worker = worker("flush.size", "3");
        worker.poll(ZERO, 7);
        worker.commit();

        assertEquals(Map.of(key(0, 0), List.of(0L, 1L, 2L), key(0, 3), List.of(3L, 4L, 5L)), offsets());
        assertEquals(Map.of(ZERO, 6L), cluster.committed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "deflate", "snappy", "bzip2"})
    void codecs(String codec) {
        log(ZERO, 3);
        worker("flush.size", "3", "avro.codec", codec).poll(ZERO, 3);

        assertEquals(Map.of(key(0, 0), List.of(0L, 1L, 2L)), offsets());
    }

    @Test
    void aRecordOfAnotherSchemaBeginsAnotherObject() {
        log(ZERO, result(ZERO, 0, 0), result(ZERO, 1, 0), result(ZERO, 2, 1), result(ZERO, 3, 0));
        Worker worker = worker("flush.size", "3");
        worker.poll(ZERO, 4);
        worker.commit();

        assertEquals(Map.of(key(0, 0), List.of(0L, 1L), key(0, 2), List.of(2L)), offsets());
        assertEquals(Map.of(ZERO, 3L), cluster.committed());
    }

    @Test
    void offsetsThatAreMissingAreNoEndOfAFile() {
        log(ZERO, result(ZERO, 5, 0), result(ZERO, 9, 0), result(ZERO, 20, 0));
        Worker worker = worker("flush.size", "2");
        worker.poll(ZERO, 30);
        worker.commit();

        assertEquals(Map.of(key(0, 5), List.of(5L, 9L)), offsets());
        assertEquals(Map.of(ZERO, 20L), cluster.committed());
    }

    @Test
    void offsetsBehindTheLastRecordAreCommitted() {
        log(ZERO, 1);
        Worker worker = worker();
        worker.poll(ZERO, 1);
        cluster.log().get(ZERO).put(4L, tombstone(ZERO, 4)); // poison before it went to the dead letters in the converter
        Worker other = new Worker(cluster, store, Configurations.sink("behavior.on.null.values", "ignore"));
        other.open(Set.of(ZERO));
        other.poll(ZERO, 10);
        other.commit();

        assertEquals(Map.of(ZERO, 5L), cluster.committed());
    }

    @Test
    void ignoredNullsAreNoEndOfAFile() {
        log(ZERO, result(ZERO, 0, 0), tombstone(ZERO, 1), result(ZERO, 2, 0));
        Worker worker = worker("flush.size", "2", "behavior.on.null.values", "ignore");
        worker.poll(ZERO, 3);
        worker.commit();

        assertEquals(Map.of(key(0, 0), List.of(0L, 2L)), offsets());
        assertEquals(List.of(), worker.deadLetters);
        assertEquals(Map.of(ZERO, 3L), cluster.committed());
    }

    @Test
    void nullsThatFailGoToTheDeadLetters() {
        log(ZERO, tombstone(ZERO, 0), result(ZERO, 1, 0));
        Worker worker = worker();

        assertTrue(worker.poll(ZERO, 2));
        assertEquals(1, worker.deadLetters.size());
        assertEquals(Map.of(key(0, 1), List.of(1L)), offsets());
    }

    @Test
    void nullsThatFailStopTheTaskWhereThereAreNoDeadLetters() {
        log(ZERO, tombstone(ZERO, 0));
        Worker worker = worker();
        worker.reporter = null;
        worker.open(Set.of(ZERO));

        assertEquals("t-0, offset 0: no value (behavior.on.null.values=fail)",
                assertThrows(DataException.class, () -> worker.poll(ZERO, 1)).getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aStoreThatIsAwayLosesAndDoublesNothing(int flushSize) {
        log(ZERO, 6);
        Worker worker = worker("flush.size", Integer.toString(flushSize), "retry.backoff.ms", "70");
        store.outcomes.addAll(List.of(Outcome.NOT_REACHED, Outcome.NOT_REACHED, Outcome.STORED,
                Outcome.STORED_BUT_NOT_ACKNOWLEDGED));

        assertFalse(worker.poll(ZERO, 6));
        assertEquals(70, worker.pause);
        worker.commit();
        assertEquals(Map.of(), cluster.committed());
        while (!worker.deliver()) {
            continue;
        }
        worker.commit();

        List<Long> all = new ArrayList<>();
        offsets().values().forEach(all::addAll);
        assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L), all);
        assertEquals(6 / flushSize, store.objects.size());
        assertEquals(Map.of(ZERO, 6L), cluster.committed());
    }

    @Test
    void whileABatchIsNotThroughTheFilesThatItEndedAreNotCommitted() {
        log(ZERO, 4);
        Worker first = worker("flush.size", "2");
        first.poll(ZERO, 1);
        store.outcomes.addAll(List.of(Outcome.STORED, Outcome.NOT_REACHED));
        assertFalse(first.poll(ZERO, 3));
        first.commit();

        assertEquals(Map.of(ZERO, 0L), cluster.committed());
        worker("flush.size", "2").poll(ZERO, 4);
        assertEquals(Map.of(key(0, 0), List.of(0L, 1L), key(0, 2), List.of(2L, 3L)), offsets());
    }

    @Test
    void aFailureAtASchemasEndLosesNothing() {
        log(ZERO, result(ZERO, 0, 0), result(ZERO, 1, 1), result(ZERO, 2, 1));
        Worker worker = worker("flush.size", "2");
        store.outcomes.add(Outcome.NOT_REACHED);

        assertFalse(worker.poll(ZERO, 3));
        assertTrue(worker.deliver());
        assertEquals(Map.of(key(0, 0), List.of(0L), key(0, 1), List.of(1L, 2L)), offsets());
    }

    @Test
    void deadLettersAreNotWrittenAgainWithTheBatch() {
        log(ZERO, tombstone(ZERO, 0), result(ZERO, 1, 0));
        Worker worker = worker();
        store.outcomes.add(Outcome.NOT_REACHED);

        assertFalse(worker.poll(ZERO, 2));
        assertTrue(worker.deliver());
        assertEquals(1, worker.deadLetters.size());
    }

    @Test
    void aStoreThatSaysNoFailsTheTask() {
        log(ZERO, 1);
        Worker worker = worker();
        store.outcomes.add(Outcome.REFUSED);

        assertEquals("refused", assertThrows(ConnectException.class, () -> worker.poll(ZERO, 1)).getMessage());
    }

    @Test
    void aPartitionThatMovesIsBegunAgainAtItsOpenFile() {
        log(ZERO, 5);
        Worker first = worker("flush.size", "2");
        first.poll(ZERO, 3);
        first.revoke(Set.of(ZERO));
        assertEquals(Map.of(ZERO, 2L), cluster.committed());
        Worker second = worker("flush.size", "2");
        second.poll(ZERO, 5);

        assertEquals(Map.of(key(0, 0), List.of(0L, 1L), key(0, 2), List.of(2L, 3L)), offsets());
        assertEquals(2, store.puts);
    }

    @Test
    void aCrashAfterThePutAndBeforeTheCommitMakesTheSameObjects() {
        log(ZERO, 5);
        worker("flush.size", "2").poll(ZERO, 5);
        worker("flush.size", "2").poll(ZERO, 5);

        assertEquals(Map.of(key(0, 0), List.of(0L, 1L), key(0, 2), List.of(2L, 3L)), offsets());
        assertEquals(4, store.puts);
    }

    @ParameterizedTest
    @EnumSource(names = {"STORED", "NOT_REACHED", "STORED_BUT_NOT_ACKNOWLEDGED"})
    void aTopicThatIsMadeAnewIsReadFromItsStart(Outcome outcome) {
        log(ZERO, 3);
        Worker worker = worker("flush.size", "2");
        worker.poll(ZERO, 3);
        store.objects.clear();
        store.outcomes.add(outcome);
        List<SinkRecord> anew = List.of(result(ZERO, 0, 1), result(ZERO, 1, 1), result(ZERO, 2, 1));
        if (outcome == Outcome.STORED) {
            worker.task.put(anew);
        } else {
            assertThrows(RetriableException.class, () -> worker.task.put(anew));
            worker.task.put(anew);
        }

        assertEquals(Map.of(key(0, 2), List.of(2L), key(0, 0), List.of(0L, 1L)), offsets());
    }

    @Test
    void aFileLargerThanThePartSizeGoesOverTheDisk() {
        TopicPartition partition = new TopicPartition("t", 0);
        org.apache.kafka.connect.data.Schema bytes = EncodedRecord.connectSchema(1, "\"bytes\"");
        byte[] body = new byte[3 + 1_000_000];
        body[0] = (byte) 0x80;
        body[1] = (byte) 0x89;
        body[2] = 0x7a; // zigzag 1,000,000
        for (int offset = 0; offset < 6; offset++) {
            log(partition, new SinkRecord("t", 0, null, null, bytes, body, offset));
        }
        worker("flush.size", "6", "s3.part.size", "5242880").poll(partition, 6);

        assertTrue(store.objects.get(key(0, 0)).length > 6_000_000);
    }

    @Test
    void valuesOfAnotherConverterFailTheTask() {
        log(ZERO, new SinkRecord("t", 0, null, null, null, "text", 0));
        Worker worker = worker();

        assertTrue(assertThrows(ConnectException.class, () -> worker.poll(ZERO, 1)).getMessage()
                .contains("value.converter must be io.quantumpipeline.connect.s3.AvroWireConverter"));
        assertEquals(List.of(), worker.deadLetters);
    }

    @Test
    void topicsThatATransformJoinsWouldOverwriteEachOther() {
        SinkRecord renamed = result(ZERO, 0, 0).newRecord("u", 0, null, null, result(ZERO, 0, 0).valueSchema(),
                result(ZERO, 0, 0).value(), null);
        log(ZERO, renamed);

        assertEquals("a transform makes topic u of t, which is not supported",
                assertThrows(ConnectException.class, () -> worker().poll(ZERO, 1)).getMessage());
    }

    @Test
    void recordsOfAPartitionThatIsNotOursAreAnError() {
        log(ZERO, 1);
        Worker worker = worker();

        assertEquals("a record of t-1, which this task does not own", assertThrows(ConnectException.class,
                () -> worker.task.put(List.of(result(ONE, 0, 0)))).getMessage());
    }

    @Test
    void stoppingForgetsOpenFilesAndCanBeFirst() {
        log(ZERO, 1);
        Worker worker = worker("flush.size", "2");
        worker.poll(ZERO, 1);
        worker.task.stop();
        new S3SinkTask().stop();

        assertEquals(Map.of(), offsets());
    }
}
