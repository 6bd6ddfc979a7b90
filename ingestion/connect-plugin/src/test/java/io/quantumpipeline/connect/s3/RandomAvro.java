/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** Schemas of every kind, and values of them. */
final class RandomAvro {

    private final Random random;
    private int names;

    RandomAvro(Random random) {
        this.random = random;
    }

    Schema record(int depth) {
        List<Schema.Field> fields = IntStream.range(0, 1 + random.nextInt(4))
                .mapToObj(it -> new Schema.Field("f" + it, any(depth - 1)))
                .toList();
        return Schema.createRecord("R" + names++, null, null, false, fields);
    }

    private Schema any(int depth) {
        int kinds = depth > 0 ? 14 : 10;
        return switch (random.nextInt(kinds)) {
            case 0 -> Schema.create(Schema.Type.NULL);
            case 1 -> Schema.create(Schema.Type.BOOLEAN);
            case 2 -> Schema.create(Schema.Type.INT);
            case 3 -> Schema.create(Schema.Type.LONG);
            case 4 -> Schema.create(Schema.Type.FLOAT);
            case 5 -> Schema.create(Schema.Type.DOUBLE);
            case 6 -> Schema.create(Schema.Type.BYTES);
            case 7 -> Schema.create(Schema.Type.STRING);
            case 8 -> Schema.createEnum("E" + names++, null, null, List.of("A", "B", "C"));
            case 9 -> Schema.createFixed("F" + names++, null, null, 1 + random.nextInt(5));
            case 10 -> Schema.createArray(any(depth - 1));
            case 11 -> Schema.createMap(any(depth - 1));
            case 12 -> Schema.createUnion(Schema.create(Schema.Type.NULL), record(depth - 1));
            default -> record(depth - 1);
        };
    }

    Object value(Schema schema) {
        return switch (schema.getType()) {
            case NULL -> null;
            case BOOLEAN -> random.nextBoolean();
            case INT -> random.nextInt();
            case LONG -> random.nextLong() >> random.nextInt(64);
            case FLOAT -> random.nextFloat();
            case DOUBLE -> random.nextDouble();
            case BYTES -> ByteBuffer.wrap(bytes(random.nextInt(6)));
            case STRING -> "é%d".formatted(random.nextInt(1000)).repeat(random.nextInt(3));
            case ENUM -> new GenericData.EnumSymbol(schema, schema.getEnumSymbols().get(random.nextInt(3)));
            case FIXED -> new GenericData.Fixed(schema, bytes(schema.getFixedSize()));
            case UNION -> value(schema.getTypes().get(random.nextInt(schema.getTypes().size())));
            case ARRAY -> {
                List<Object> items = new ArrayList<>();
                IntStream.range(0, random.nextInt(4)).forEach(it -> items.add(value(schema.getElementType())));
                yield items;
            }
            case MAP -> {
                Map<String, Object> entries = new HashMap<>();
                IntStream.range(0, random.nextInt(4)).forEach(it -> entries.put("k" + it, value(schema.getValueType())));
                yield entries;
            }
            case RECORD -> {
                GenericData.Record record = new GenericData.Record(schema);
                schema.getFields().forEach(field -> record.put(field.pos(), value(field.schema())));
                yield record;
            }
        };
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
