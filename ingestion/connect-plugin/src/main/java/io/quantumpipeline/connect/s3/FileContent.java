/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The bytes of one file: in memory up to a limit, on the worker's disk beyond it.
 *
 * <p>A file is kept whole until it is in the store, so that an upload that failed can begin again from its first byte;
 * the limit keeps the heap's size independent of {@code flush.size}.
 */
final class FileContent extends OutputStream {

    private final int memoryLimit;
    private ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private FileChannel disk;
    private long size;

    FileContent(int memoryLimit) {
        this.memoryLimit = memoryLimit;
    }

    long size() {
        return size;
    }

    boolean isOnDisk() {
        return disk != null;
    }

    @Override
    public void write(int oneByte) throws IOException {
        write(new byte[] {(byte) oneByte}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (disk == null && size + length > memoryLimit) {
            moveToDisk();
        }
        if (disk == null) {
            memory.write(bytes, from, length);
        } else {
            writeToDisk(ByteBuffer.wrap(bytes, from, length));
        }
        size += length;
    }

    /** The given stretch of the content, in an array of its own. */
    byte[] read(long from, int length) throws IOException {
        ByteBuffer stretch = ByteBuffer.allocate(length);
        if (disk == null) {
            stretch.put(memory.toByteArray(), Math.toIntExact(from), length);
        } else {
            while (stretch.hasRemaining() && disk.read(stretch, from + stretch.position()) >= 0) {
                continue;
            }
        }
        if (stretch.hasRemaining()) {
            throw new IOException("%d bytes wanted from byte %d, %d there".formatted(length, from, stretch.position()));
        }
        return stretch.array();
    }

    /** Forgets the content. */
    @Override
    public void close() throws IOException {
        memory = null;
        if (disk != null) {
            disk.close();
        }
    }

    private void moveToDisk() throws IOException {
        Path path = Files.createTempFile("quantum-s3-sink-", ".avro");
        // The name goes at once: a worker that is killed leaves no file behind.
        disk = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        writeToDisk(ByteBuffer.wrap(memory.toByteArray()));
        memory = null;
    }

    private void writeToDisk(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            disk.write(bytes);
        }
    }
}
