/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

/**
 * Where a file lies in the bucket: {@code <topics.dir>/<topic>/partition=<N>/<topic>+<N>+<offset>.avro}.
 *
 * <p>The name holds the offset of the file's first record and nothing of the moment of writing. A record that is
 * delivered again therefore lands in the same object again, and overwrites it with the same bytes.
 *
 * @param topic       the Kafka topic
 * @param partition   the Kafka partition
 * @param firstOffset the offset of the file's first record
 */
record ObjectName(String topic, int partition, long firstOffset) {

    /**
     * The parts of the layout that a configuration may set.
     *
     * @param topicsDirectory    prefix of all objects; none where it is empty
     * @param directoryDelimiter between the parts of the path
     * @param fileDelimiter      between topic, partition and offset
     * @param offsetWidth        digits of the offset, filled with zeros, so that names sort as offsets do
     */
    record Layout(String topicsDirectory, String directoryDelimiter, String fileDelimiter, int offsetWidth) {
    }

    String key(Layout layout) {
        String offset = Long.toString(firstOffset);
        String padded = "0".repeat(Math.max(0, layout.offsetWidth() - offset.length())) + offset;
        String file = String.join(layout.fileDelimiter(), topic, Integer.toString(partition), padded) + ".avro";
        String path = String.join(layout.directoryDelimiter(), topic, "partition=" + partition, file);
        String prefix = layout.topicsDirectory();
        return prefix.isEmpty() ? path : prefix + layout.directoryDelimiter() + path;
    }
}
