/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns one partition's records, in order, into files, and puts full files into the store.
 *
 * <p>Where a file ends follows from its first record and from the records alone: after {@code flush.size} records, or
 * before the first record of another schema. Offsets are committed only up to the start of the file that is open. So
 * whatever dies, whenever, the records come again from a file's start and make the same files, in the same objects.
 *
 * <p>A file that the store did not take stays, and is offered again before anything else. The batch that Connect then
 * delivers once more is recognised by its offsets.
 */
final class PartitionWriter {

    private static final Logger log = LoggerFactory.getLogger(PartitionWriter.class);

    private final TopicPartition partition;
    private final S3SinkConfig config;
    private final ObjectStore store;
    private final Optional<ErrantRecordReporter> deadLetters;
    private final ObjectName.Layout layout;
    private final Map<String, Schema> schemas = new HashMap<>();
    private OpenFile file;
    private long next = -1;
    private long firstUnsafe = Long.MAX_VALUE;

    PartitionWriter(TopicPartition partition, S3SinkConfig config, ObjectStore store,
            Optional<ErrantRecordReporter> deadLetters) {
        this.partition = partition;
        this.config = config;
        this.store = store;
        this.deadLetters = deadLetters;
        this.layout = config.layout();
    }

    /** Whether a record was taken before, where Connect delivers a batch once more. */
    boolean hasTaken(SinkRecord sinkRecord) {
        return sinkRecord.kafkaOffset() < next;
    }

    /** Takes the next record. */
    void accept(SinkRecord sinkRecord) {
        if (sinkRecord.kafkaOffset() < next) {
            goBack(sinkRecord.kafkaOffset());
        }
        if (sinkRecord.value() == null) {
            passOver(sinkRecord);
        } else {
            append(sinkRecord);
        }
    }

    /** Puts the file into the store where it is full and an earlier try failed. */
    void putFinishedFile() {
        if (file != null && file.isFinished()) {
            put();
        }
    }

    /** Connect's batch is through: what it calls consumed from now on is what we have taken. */
    void settle() {
        firstUnsafe = file == null ? Long.MAX_VALUE : file.name().firstOffset();
    }

    /**
     * The offset from which a successor makes the same files as we do: where the file was begun that was open when the
     * last batch was through. While a batch is not, the files that it ended do not count, for Connect commits nothing
     * beyond what it calls consumed, and that lies within one of them.
     *
     * @param consumed the offset up to which Connect's batches are through
     */
    long safeOffset(long consumed) {
        return Math.min(consumed, firstUnsafe);
    }

    /** Forgets the open file: its records will be delivered again, here or elsewhere. */
    void drop() {
        if (file != null) {
            close(file);
            file = null;
        }
    }

    private void append(SinkRecord sinkRecord) {
        EncodedRecord encoded = encoded(sinkRecord);
        if (file != null && !file.hasSchema(encoded.schema())) {
            finish();
        }
        try {
            if (file == null) {
                file = begin(sinkRecord.kafkaOffset(), encoded.schema());
            }
            file.append(encoded.body());
        } catch (IOException e) {
            throw localFailure(e);
        }
        next = sinkRecord.kafkaOffset() + 1;
        if (file.records() >= config.flushSize()) {
            finish();
        }
    }

    private void passOver(SinkRecord sinkRecord) {
        if (!config.ignoresNullValues()) {
            DataException reason = new DataException("%s, offset %d: no value (%s=fail)".formatted(
                    partition, sinkRecord.kafkaOffset(), S3SinkConfig.NULL_VALUES));
            deadLetters.orElseThrow(() -> reason).report(sinkRecord, reason);
        }
        next = sinkRecord.kafkaOffset() + 1;
    }

    /** The partition was made anew, or has lost its end: what we have of it is kept, and what comes is taken. */
    private void goBack(long offset) {
        log.warn("{}: offsets go back from {} to {}", partition, next, offset);
        next = offset; // first: what the store does not take now is no record that was taken
        if (file != null) {
            finish();
        }
    }

    private EncodedRecord encoded(SinkRecord sinkRecord) {
        if (!EncodedRecord.isValueOf(sinkRecord)) { // not one bad message, but all of them: no dead letter
            throw new ConnectException("%s, offset %d: value.converter must be %s, and no transform may change the value"
                    .formatted(partition, sinkRecord.kafkaOffset(), AvroWireConverter.class.getName()));
        }
        return EncodedRecord.valueOf(sinkRecord);
    }

    private OpenFile begin(long offset, String schemaText) throws IOException {
        ObjectName name = new ObjectName(partition.topic(), partition.partition(), offset);
        Schema schema = schemas.computeIfAbsent(schemaText, it -> new Schema.Parser().parse(it));
        return new OpenFile(name, schemaText, schema, config.codec(), config.partSize());
    }

    private void finish() {
        try {
            file.finish();
        } catch (IOException e) {
            throw localFailure(e);
        }
        put();
    }

    private void put() {
        String key = file.name().key(layout);
        store.put(key, file.content());
        log.debug("{}: {} records, {} bytes", key, file.records(), file.content().size());
        close(file);
        file = null;
    }

    private ConnectException localFailure(IOException e) {
        return new ConnectException("%s: cannot keep an open file: %s".formatted(partition, e.getMessage()), e);
    }

    private static void close(OpenFile file) {
        try {
            file.close();
        } catch (IOException e) {
            log.warn("{}: its temporary file was not closed: {}", file.name(), e.getMessage());
        }
    }
}
