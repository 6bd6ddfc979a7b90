/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quantumpipeline.connect.s3.MemoryStore.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/**
 * Random histories: records of two schemas, nulls and missing offsets; polls, commits, rebalances in order and out of it,
 * workers that die, a store that fails before and after it has stored. At the end each record is in one object, and the
 * objects are those that a worker without any trouble makes. The store itself refuses other bytes for a name it has.
 */
class ExactlyOnceTest {

    private static final int HISTORIES = 300;
    private static final int EVENTS = 60;

    private final List<TopicPartition> partitions =
            IntStream.range(0, 3).mapToObj(it -> new TopicPartition("t", it)).toList();

    @Test
    void everyRecordIsInOneObject() {
        int troubles = 0;
        for (int seed = 0; seed < HISTORIES; seed++) {
            troubles += history(seed);
        }
        assertTrue(troubles > HISTORIES * 10, "the histories are troubled: " + troubles);
    }

    private int history(int seed) {
        Random random = new Random(seed);
        String flushSize = Integer.toString(1 + random.nextInt(5));
        Map<String, String> configuration =
                Configurations.sink("flush.size", flushSize, "behavior.on.null.values", "ignore");
        Worker.Cluster cluster = new Worker.Cluster(log(random), new HashMap<>());
        MemoryStore store = new MemoryStore();
        List<Worker> workers = new ArrayList<>(List.of(
                new Worker(cluster, store, configuration), new Worker(cluster, store, configuration)));
        workers.get(0).open(partitions);

        int troubles = 0;
        for (int event = 0; event < EVENTS; event++) {
            int choice = random.nextInt(workers.size());
            Worker worker = workers.get(choice);
            Worker other = workers.get(1 - choice);
            List<TopicPartition> owned = List.copyOf(worker.owned());
            if (owned.isEmpty()) {
                continue;
            }
            TopicPartition one = owned.get(random.nextInt(owned.size()));
            switch (random.nextInt(10)) {
                case 0 -> worker.commit();
                case 1 -> {
                    worker.revoke(Set.of(one));
                    other.open(Set.of(one));
                    troubles++;
                }
                case 2 -> {
                    worker.lose(Set.of(one));
                    other.open(Set.of(one));
                    troubles++;
                }
                case 3 -> { // dies: nothing is committed or closed
                    Worker successor = new Worker(cluster, store, configuration);
                    workers.set(choice, successor);
                    successor.open(owned);
                    troubles++;
                }
                case 4, 5 -> {
                    store.outcomes.add(Outcome.values()[random.nextInt(3)]);
                    store.outcomes.add(Outcome.values()[random.nextInt(3)]);
                    troubles++;
                }
                default -> worker.poll(one, 1 + random.nextInt(8));
            }
        }
        store.outcomes.clear();
        for (Worker worker : workers) {
            while (!worker.deliver()) {
                continue;
            }
            worker.owned().forEach(it -> {
                while (!worker.poll(it, 1000)) {
                    continue;
                }
            });
        }
        assertEquals(calm(cluster.log(), configuration), contents(store), "seed " + seed);
        assertAllOnce(cluster.log(), store, Integer.parseInt(flushSize), seed);
        return troubles;
    }

    private Map<TopicPartition, NavigableMap<Long, SinkRecord>> log(Random random) {
        Map<TopicPartition, NavigableMap<Long, SinkRecord>> log = new HashMap<>();
        for (TopicPartition partition : partitions) {
            NavigableMap<Long, SinkRecord> records = new TreeMap<>();
            int length = random.nextInt(40);
            for (long offset = random.nextInt(3); offset < length; offset++) {
                int kind = random.nextInt(10);
                if (kind < 7) {
                    records.put(offset, Results.result(partition, offset, kind == 0 ? 1 : 0));
                } else if (kind == 7) {
                    records.put(offset, Results.tombstone(partition, offset));
                }
            }
            log.put(partition, records);
        }
        return log;
    }

    /** The objects that one worker makes when nothing happens. */
    private Map<String, List<String>> calm(
            Map<TopicPartition, NavigableMap<Long, SinkRecord>> log, Map<String, String> configuration) {
        MemoryStore store = new MemoryStore();
        Worker worker = new Worker(new Worker.Cluster(log, new HashMap<>()), store, configuration);
        worker.open(partitions);
        partitions.forEach(it -> worker.poll(it, 1000));
        return contents(store);
    }

    private static Map<String, List<String>> contents(MemoryStore store) {
        Map<String, List<String>> contents = new TreeMap<>();
        store.objects.keySet().forEach(key ->
                contents.put(key, store.records(key).stream().map(Object::toString).toList()));
        return contents;
    }

    /** All but the records of each partition's last file, which may not be full. */
    private static void assertAllOnce(
            Map<TopicPartition, NavigableMap<Long, SinkRecord>> log, MemoryStore store, int flushSize, int seed) {
        Set<String> written = new HashSet<>();
        store.objects.keySet().forEach(key -> store.records(key).forEach(record ->
                assertTrue(written.add(record.get("partition") + "/" + record.get("offset")), "seed " + seed)));
        log.forEach((partition, records) -> {
            List<String> expected = records.values().stream()
                    .filter(it -> it.value() != null)
                    .map(it -> partition.partition() + "/" + it.kafkaOffset())
                    .toList();
            long missing = expected.stream().filter(it -> !written.contains(it)).count();
            assertTrue(missing < flushSize, "seed " + seed);
            assertTrue(written.containsAll(expected.subList(0, expected.size() - (int) missing)), "seed " + seed);
        });
    }
}
