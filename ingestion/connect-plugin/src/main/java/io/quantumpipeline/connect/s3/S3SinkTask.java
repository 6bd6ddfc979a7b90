/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands each record to the writer of its partition, and tells Connect which offsets are safe. */
public final class S3SinkTask extends SinkTask {

    private static final Logger log = LoggerFactory.getLogger(S3SinkTask.class);

    private final Function<S3SinkConfig, ObjectStore> stores;
    private final Map<TopicPartition, PartitionWriter> writers = new HashMap<>();
    private S3SinkConfig config;
    private ObjectStore store;
    private boolean batchComesAgain;

    /** A task that writes to S3. */
    public S3SinkTask() {
        this(S3ObjectStore::new);
    }

    S3SinkTask(Function<S3SinkConfig, ObjectStore> stores) {
        this.stores = stores;
    }

    @Override
    public String version() {
        return Version.CURRENT;
    }

    @Override
    public void start(Map<String, String> properties) {
        config = new S3SinkConfig(properties);
        store = stores.apply(config);
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            drop(partition);
            writers.put(partition, new PartitionWriter(partition, config, store,
                    Optional.ofNullable(context.errantRecordReporter())));
        }
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        try {
            writers.values().forEach(PartitionWriter::putFinishedFile);
            for (SinkRecord sinkRecord : records) {
                PartitionWriter writer = writer(sinkRecord);
                if (!(batchComesAgain && writer.hasTaken(sinkRecord))) {
                    writer.accept(sinkRecord);
                }
            }
            batchComesAgain = false;
            writers.values().forEach(PartitionWriter::settle);
        } catch (RetriableException e) {
            batchComesAgain = true; // Connect keeps it, and reads no further until it is through
            log.warn("{}; again in {} ms", e.getMessage(), config.redeliveryPause().toMillis());
            context.timeout(config.redeliveryPause().toMillis());
            throw e;
        }
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> preCommit(Map<TopicPartition, OffsetAndMetadata> consumed) {
        Map<TopicPartition, OffsetAndMetadata> safe = new HashMap<>();
        consumed.forEach((partition, offset) -> {
            PartitionWriter writer = writers.get(partition);
            if (writer != null) {
                safe.put(partition, new OffsetAndMetadata(writer.safeOffset(offset.offset())));
            }
        });
        return safe;
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        partitions.forEach(this::drop);
    }

    @Override
    public void stop() {
        writers.values().forEach(PartitionWriter::drop);
        writers.clear();
        if (store != null) {
            store.close();
        }
    }

    private void drop(TopicPartition partition) {
        PartitionWriter writer = writers.remove(partition);
        if (writer != null) {
            writer.drop();
        }
    }

    private PartitionWriter writer(SinkRecord sinkRecord) {
        TopicPartition partition = new TopicPartition(sinkRecord.originalTopic(), sinkRecord.originalKafkaPartition());
        if (!sinkRecord.topic().equals(partition.topic())) {
            // Two topics that become one would overwrite each other's objects, whose names hold the offset.
            throw new ConnectException("a transform makes topic %s of %s, which is not supported".formatted(
                    sinkRecord.topic(), partition.topic()));
        }
        PartitionWriter writer = writers.get(partition);
        if (writer == null) { // to begin a file in its middle would make objects that the partition's owner never makes
            throw new ConnectException("a record of %s, which this task does not own".formatted(partition));
        }
        return writer;
    }
}
