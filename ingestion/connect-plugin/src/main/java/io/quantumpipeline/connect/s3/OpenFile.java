/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;

/**
 * An Avro container file in the making: records of one writer's schema, appended as the encoded bytes that they came in.
 *
 * <p>The same records give the same bytes: the marker between the container's blocks, which Avro draws at random, is
 * made from the file's name and schema here.
 */
final class OpenFile implements Closeable {

    private final ObjectName name;
    private final String schemaText;
    private final FileContent content;
    private final DataFileWriter<Object> container;
    private int records;
    private boolean finished;

    OpenFile(ObjectName name, String schemaText, Schema schema, CodecFactory codec, int memoryLimit)
            throws IOException {
        this.name = name;
        this.schemaText = schemaText;
        this.content = new FileContent(memoryLimit);
        // The container's own close would forget the content; finish() flushes instead.
        this.container = new DataFileWriter<>(new GenericDatumWriter<>(schema));
        container.setCodec(codec).create(schema, content, marker(name, schemaText));
    }

    ObjectName name() {
        return name;
    }

    boolean hasSchema(String text) {
        return schemaText.equals(text);
    }

    int records() {
        return records;
    }

    boolean isFinished() {
        return finished;
    }

    /** Appends one record, given as its Avro body. */
    void append(byte[] body) throws IOException {
        container.appendEncoded(ByteBuffer.wrap(body));
        records++;
    }

    /** Ends the file: nothing can be appended any more, and {@link #content()} is whole. */
    void finish() throws IOException {
        if (!finished) {
            container.flush();
            finished = true;
        }
    }

    FileContent content() {
        return content;
    }

    @Override
    public void close() throws IOException {
        content.close();
    }

    private static byte[] marker(ObjectName name, String schemaText) {
        try {
            String seed = name + "\n" + schemaText;
            return MessageDigest.getInstance("MD5").digest(seed.getBytes(StandardCharsets.UTF_8)); // 16 bytes, as Avro wants
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has MD5", e);
        }
    }
}
