/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * Treats a task as Connect's worker does: it reads a log from the committed offsets, delivers a batch again until the
 * task has taken it, asks for safe offsets before it commits, and closes what it gives away.
 */
final class Worker implements SinkTaskContext {

    /** What Kafka keeps: the partitions' records (offsets may be missing), and the group's offsets. */
    record Cluster(Map<TopicPartition, NavigableMap<Long, SinkRecord>> log, Map<TopicPartition, Long> committed) {
    }

    final List<SinkRecord> deadLetters = new ArrayList<>();
    final S3SinkTask task;
    ErrantRecordReporter reporter = (sinkRecord, error) -> {
        deadLetters.add(sinkRecord);
        return CompletableFuture.completedFuture(null);
    };
    long pause = -1;

    private final Cluster cluster;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Map<TopicPartition, Long> consumed = new HashMap<>();
    private final List<SinkRecord> batch = new ArrayList<>();

    Worker(Cluster cluster, ObjectStore store, Map<String, String> configuration) {
        this.cluster = cluster;
        task = new S3SinkTask(config -> store);
        task.initialize(this);
        task.start(configuration);
    }

    void open(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            long position = cluster.committed().getOrDefault(partition, 0L);
            positions.put(partition, position);
        }
        task.open(partitions);
    }

    /** Reads up to so many offsets of a partition and delivers them; false where the task wants them again. */
    boolean poll(TopicPartition partition, int offsets) {
        if (batch.isEmpty()) {
            long end = cluster.log().get(partition).isEmpty() ? 0 : cluster.log().get(partition).lastKey() + 1;
            long from = positions.get(partition);
            long to = Math.min(from + offsets, Math.max(end, from));
            batch.addAll(cluster.log().get(partition).subMap(from, to).values());
            positions.put(partition, to);
        }
        return deliver();
    }

    /** Delivers the batch that the task has not taken yet. */
    boolean deliver() {
        try {
            task.put(List.copyOf(batch));
        } catch (RetriableException e) {
            return false;
        }
        batch.clear();
        consumed.putAll(positions);
        return true;
    }

    void commit() {
        commit(Set.copyOf(positions.keySet()));
    }

    private void commit(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        partitions.forEach(it -> {
            if (consumed.containsKey(it)) {
                offsets.put(it, new OffsetAndMetadata(consumed.get(it)));
            }
        });
        task.preCommit(offsets).forEach((partition, offset) -> {
            if (offset.offset() <= consumed.get(partition)) {
                cluster.committed().put(partition, offset.offset());
            }
        });
    }

    /** Gives partitions away, in order: what is safe is committed. */
    void revoke(Collection<TopicPartition> partitions) {
        commit(partitions);
        lose(partitions);
    }

    /** Partitions were taken away: nothing is committed. */
    void lose(Collection<TopicPartition> partitions) {
        task.close(partitions);
        positions.keySet().removeAll(partitions);
        consumed.keySet().removeAll(partitions);
        batch.removeIf(it -> partitions.contains(new TopicPartition(it.topic(), it.kafkaPartition())));
    }

    Set<TopicPartition> owned() {
        return Set.copyOf(positions.keySet());
    }

    @Override
    public ErrantRecordReporter errantRecordReporter() {
        return reporter;
    }

    @Override
    public void timeout(long timeoutMs) {
        pause = timeoutMs;
    }

    @Override
    public Map<String, String> configs() {
        return Map.of();
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
        throw new UnsupportedOperationException("the task never rewinds");
    }

    @Override
    public void offset(TopicPartition partition, long offset) {
        throw new UnsupportedOperationException("the task never rewinds");
    }

    @Override
    public Set<TopicPartition> assignment() {
        return owned();
    }

    @Override
    public void pause(TopicPartition... partitions) {
        throw new UnsupportedOperationException("the task never pauses");
    }

    @Override
    public void resume(TopicPartition... partitions) {
        throw new UnsupportedOperationException("the task never pauses");
    }

    @Override
    public PluginMetrics pluginMetrics() {
        throw new UnsupportedOperationException("the task keeps no metrics");
    }

    @Override
    public void requestCommit() {
        throw new UnsupportedOperationException("the task never asks for a commit");
    }
}
