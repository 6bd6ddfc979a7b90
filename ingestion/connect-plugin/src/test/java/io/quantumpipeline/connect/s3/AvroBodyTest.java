/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.BlockingDirectBinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AvroBodyTest {

    private static Schema schema(String json) {
        return new Schema.Parser().parse(json.replace('\'', '"'));
    }

    private static String refusal(String schema, String hex) {
        byte[] body = HexFormat.of().parseHex(hex);
        return assertThrows(MalformedBodyException.class, () -> AvroBody.check(schema(schema), body, 0)).getMessage();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "'int'     | ``                   | byte 0: ends within a number",
        "'int'     | 80                   | byte 1: ends within a number",
        "'int'     | 8080808010           | byte 5: int 2147483648 has more than 32 bits",
        "'long'    | ffffffffffffffffff02 | byte 10: number of more than 64 bits",
        "'long'    | 0200                 | byte 1: 1 bytes after the value",
        "'boolean' | 02                   | byte 1: boolean 2",
        "'double'  | 00000000             | byte 0: double of 8 bytes, 4 left",
        "'string'  | 0641                 | byte 1: string of 3 bytes, 1 left",
        "'string'  | 01                   | byte 1: string of -1 bytes, 0 left",
        "'string'  | 02ff                 | byte 1: string that is not UTF-8",
        "'bytes'   | feffffff0f           | byte 5: bytes of 2147483647 bytes, 0 left",
        "['null','int'] | 04              | byte 1: union branch 2 of 2",
        "['null','int'] | 01              | byte 1: union branch -1 of 2",
        "{'type':'enum','name':'E','symbols':['A']}    | 02     | byte 1: enum symbol 1 of 1",
        "{'type':'fixed','name':'F','size':4}          | 000000 | byte 0: fixed of 4 bytes, 3 left",
        "{'type':'array','items':'int'}                | 0402   | byte 2: ends within a number",
        "{'type':'array','items':'int'}                | 010400 | byte 2: array block of 2 bytes, 1 left",
        "{'type':'array','items':'int'}                | 01040200 | byte 3: array block says it ends at byte 4",
        "{'type':'array','items':'int'}                | ffffffffffffffffff01 | byte 10: array of -9223372036854775808 items",
        "{'type':'array','items':'null'}               | 808080808080808001 | byte 9: array of 36028797018963968 items",
        "{'type':'map','values':'int'}                 | 02024100 | byte 4: ends within a number",
    })
    void refusals(String schema, String hex, String message) {
        assertEquals(message, refusal(schema, hex));
    }

    @Test
    void lengthsThatLieCostNothing() {
        Schema nested = schema("{'type':'array','items':{'type':'array','items':'string'}}");
        byte[] body = HexFormat.of().parseHex("feffffff0ffeffffff0ffeffffff0f");

        assertTimeoutPreemptively(Duration.ofSeconds(1), () ->
                assertThrows(MalformedBodyException.class, () -> AvroBody.check(nested, body, 0)));
    }

    @Test
    void manyItemsWithoutBytesAreNotCounted() throws Exception {
        Schema nulls = schema("{'type':'array','items':'null'}");

        assertTimeoutPreemptively(Duration.ofSeconds(1), () ->
                AvroBody.check(nulls, HexFormat.of().parseHex("feffffff0f00"), 0));
    }

    @Test
    void recursionHasAnEnd() {
        Schema list = schema("{'type':'record','name':'L','fields':[{'name':'next','type':['null','L']}]}");
        byte[] body = new byte[100_000];
        Arrays.fill(body, (byte) 2);

        MalformedBodyException e = assertThrows(MalformedBodyException.class, () -> AvroBody.check(list, body, 0));
        assertEquals("byte 256: nested deeper than 512 levels", e.getMessage());
    }

    @Test
    void textOfEveryAlphabet() throws Exception {
        Schema text = schema("'string'");
        String given = "é漢𝒳".repeat(1000);

        AvroBody.check(text, encode(text, given, false), 0);
    }

    /** Random values of random schemas pass; each of their beginnings, and each with a byte more, does not. */
    @Test
    void agreesWithAvrosOwnReader() throws Exception {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Schema schema = new RandomAvro(random).record(3);
            Object value = new RandomAvro(random).value(schema);
            byte[] body = encode(schema, value, seed % 2 == 0);
            String told = "seed " + seed + ", " + schema;

            assertDoesNotThrow(() -> AvroBody.check(schema, body, 0), told);
            for (int end = 0; end < body.length; end++) {
                byte[] beginning = Arrays.copyOf(body, end);
                assertThrows(MalformedBodyException.class, () -> AvroBody.check(schema, beginning, 0), told);
            }
            byte[] longer = Arrays.copyOf(body, body.length + 1);
            assertThrows(MalformedBodyException.class, () -> AvroBody.check(schema, longer, 0), told);
        }
    }

    /** Whatever a flipped bit makes of a body: what passes here, Avro's own reader reads to its end. */
    @Test
    void passesNothingThatAvrosReaderRefuses() throws Exception {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Schema schema = new RandomAvro(random).record(3);
            byte[] body = encode(schema, new RandomAvro(random).value(schema), false);
            for (int flips = 0; flips < 20 && body.length > 0; flips++) {
                byte[] changed = body.clone();
                changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
                try {
                    AvroBody.check(schema, changed, 0);
                } catch (MalformedBodyException e) {
                    continue;
                }
                BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(changed, null);
                new GenericDatumReader<>(schema).read(null, decoder);
                assertTrue(decoder.isEnd(), "seed " + seed);
            }
        }
    }

    private static byte[] encode(Schema schema, Object value, boolean withBlockSizes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = withBlockSizes
                ? new BlockingDirectBinaryEncoder(bytes)
                : EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<>(schema).write(value, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }
}
