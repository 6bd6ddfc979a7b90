/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;

/**
 * Walks over a message's Avro body and tells whether it is exactly one value of a schema.
 *
 * <p>It builds nothing: a body that claims an array of a thousand million items, or a string of two gigabytes, costs no
 * memory and no time here, where Avro's own reader would reserve room for it first.
 */
final class AvroBody {

    /** Deeper values are refused: readers, this one too, follow a recursive schema on their stack. */
    private static final int MAX_DEPTH = 512;

    private final ByteBuffer bytes;
    private final int start;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final CharBuffer characters = CharBuffer.allocate(256);

    private AvroBody(byte[] message, int from) {
        this.bytes = ByteBuffer.wrap(message, from, message.length - from);
        this.start = from;
    }

    /**
     * Checks the bytes of {@code message} from {@code from} to its end.
     *
     * @throws MalformedBodyException where they are not one value of {@code schema}, and nothing else
     */
    static void check(Schema schema, byte[] message, int from) throws MalformedBodyException {
        AvroBody body = new AvroBody(message, from);
        body.value(schema, 0);
        if (body.bytes.hasRemaining()) {
            throw body.malformed(body.bytes.remaining() + " bytes after the value");
        }
    }

    private void value(Schema schema, int depth) throws MalformedBodyException {
        if (depth > MAX_DEPTH) {
            throw malformed("nested deeper than " + MAX_DEPTH + " levels");
        }
        switch (schema.getType()) {
            case NULL -> { }
            case BOOLEAN -> bool();
            case INT -> integer();
            case LONG -> varint();
            case FLOAT -> skip(Float.BYTES, "float");
            case DOUBLE -> skip(Double.BYTES, "double");
            case BYTES -> skip(length("bytes"), "bytes");
            case FIXED -> skip(schema.getFixedSize(), "fixed");
            case STRING -> string();
            case ENUM -> index(schema.getEnumSymbols().size(), "enum symbol");
            case UNION -> value(schema.getTypes().get(index(schema.getTypes().size(), "union branch")), depth + 1);
            case RECORD -> {
                for (Schema.Field field : schema.getFields()) {
                    value(field.schema(), depth + 1);
                }
            }
            case ARRAY -> blocks("array", () -> value(schema.getElementType(), depth + 1));
            case MAP -> blocks("map", () -> {
                string();
                value(schema.getValueType(), depth + 1);
            });
        }
    }

    @FunctionalInterface
    private interface Item {
        void check() throws MalformedBodyException;
    }

    private void blocks(String what, Item item) throws MalformedBodyException {
        for (long count = varint(); count != 0; count = varint()) {
            int end = -1;
            if (count < 0) { // the block's size in bytes follows, for readers that skip it
                if (count == Long.MIN_VALUE) {
                    throw malformed(what + " of " + count + " items");
                }
                count = -count;
                end = length(what + " block") + bytes.position();
            }
            items(what, count, item);
            if (end >= 0 && bytes.position() != end) {
                throw malformed("%s block says it ends at byte %d".formatted(what, end - start));
            }
        }
    }

    private void items(String what, long count, Item item) throws MalformedBodyException {
        for (long done = 0; done < count; done++) {
            int before = bytes.position();
            item.check();
            boolean takesNoBytes = bytes.position() == before; // then all of its kind do: null, or a record of nulls
            if (takesNoBytes) {
                if (count > Integer.MAX_VALUE) {
                    throw malformed(what + " of " + count + " items");
                }
                return;
            }
        }
    }

    private void bool() throws MalformedBodyException {
        skip(1, "boolean");
        byte given = bytes.get(bytes.position() - 1);
        if (given != 0 && given != 1) {
            throw malformed("boolean " + given);
        }
    }

    private void integer() throws MalformedBodyException {
        long given = varint();
        if (given != (int) given) {
            throw malformed("int " + given + " has more than 32 bits");
        }
    }

    private int index(int size, String what) throws MalformedBodyException {
        long given = varint();
        if (given < 0 || given >= size) {
            throw malformed("%s %d of %d".formatted(what, given, size));
        }
        return (int) given;
    }

    private int length(String what) throws MalformedBodyException {
        long given = varint();
        if (given < 0 || given > bytes.remaining()) {
            throw malformed("%s of %d bytes, %d left".formatted(what, given, bytes.remaining()));
        }
        return (int) given;
    }

    /** A zigzag number of at most ten bytes. */
    private long varint() throws MalformedBodyException {
        long bits = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (!bytes.hasRemaining()) {
                throw malformed("ends within a number");
            }
            byte next = bytes.get();
            bits |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                if (shift == 63 && next > 1) {
                    break;
                }
                return bits >>> 1 ^ -(bits & 1);
            }
        }
        throw malformed("number of more than 64 bits");
    }

    private void string() throws MalformedBodyException {
        int length = length("string");
        ByteBuffer text = bytes.slice(bytes.position(), length);
        utf8.reset();
        CoderResult result;
        do {
            result = utf8.decode(text, characters.clear(), true);
        } while (result.isOverflow());
        if (result.isError()) {
            throw malformed("string that is not UTF-8");
        }
        bytes.position(bytes.position() + length);
    }

    private void skip(int length, String what) throws MalformedBodyException {
        if (length > bytes.remaining()) {
            throw malformed("%s of %d bytes, %d left".formatted(what, length, bytes.remaining()));
        }
        bytes.position(bytes.position() + length);
    }

    private MalformedBodyException malformed(String what) {
        return new MalformedBodyException("byte %d: %s".formatted(bytes.position() - start, what));
    }
}
