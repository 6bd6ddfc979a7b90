/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AvroWireConverterTest {

    private static final String SCHEMA = """
            {"type":"record","name":"Energies","fields":[{"name":"values","type":{"type":"array","items":"double"}}]}""";
    private static final List<Double> VALUES = List.of(0.7, 1.0 / 3, -1.1372838344885023, Double.MIN_VALUE, -0.0);

    private RegistryServer registry;

    @BeforeEach
    void start() throws IOException {
        registry = new RegistryServer();
        registry.register(7, SCHEMA, "topic-value");
        registry.register(8, "\"int\"", "topic-key");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private AvroWireConverter converter(boolean isKey, String... more) {
        Map<String, String> properties = new HashMap<>(Map.of("schema.registry.url", registry.url(),
                "converter.type", isKey ? "key" : "value"));
        for (int at = 0; at < more.length; at += 2) {
            properties.put(more[at], more[at + 1]);
        }
        AvroWireConverter converter = new AvroWireConverter();
        converter.configure(properties, isKey);
        return converter;
    }

    private static byte[] body() throws IOException {
        Schema schema = new Schema.Parser().parse(SCHEMA);
        GenericData.Record value = new GenericData.Record(schema);
        value.put("values", VALUES);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema).write(value, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    private static byte[] message(int id, byte... body) {
        return ByteBuffer.allocate(5 + body.length).put((byte) 0).putInt(id).put(body).array();
    }

    private String poison(byte[] message) {
        return assertThrows(DataException.class, () -> converter(false).toConnectData("topic", message)).getMessage();
    }

    private String tryLater(AvroWireConverter converter) {
        byte[] message = message(7, (byte) 0);
        return assertThrows(RetriableException.class, () -> converter.toConnectData("topic", message)).getMessage();
    }

    @Test
    void theBodyPassesThroughToTheLastBit() throws IOException {
        SchemaAndValue converted = converter(false).toConnectData("topic", message(7, body()));

        assertArrayEquals(body(), (byte[]) converted.value());
        assertEquals(Map.of("avro.schema", SCHEMA, "avro.schema.id", "7"), converted.schema().parameters());
        GenericRecord read = new GenericDatumReader<GenericRecord>(new Schema.Parser().parse(SCHEMA))
                .read(null, DecoderFactory.get().binaryDecoder((byte[]) converted.value(), null));
        List<?> values = (List<?>) read.get("values");
        for (int at = 0; at < VALUES.size(); at++) {
            assertEquals(Double.doubleToRawLongBits(VALUES.get(at)), Double.doubleToRawLongBits((Double) values.get(at)));
        }
    }

    @Test
    void theRegistryIsAskedOnce() throws IOException {
        AvroWireConverter converter = converter(false);
        SchemaAndValue first = converter.toConnectData("topic", message(7, body()));
        SchemaAndValue second = converter.toConnectData("topic", message(7, body()));

        assertSame(first.schema(), second.schema());
        assertEquals(List.of("7", "7/versions"), registry.requests);
    }

    @Test
    void noMessageIsNoValue() {
        assertSame(SchemaAndValue.NULL, converter(false).toConnectData("topic", null));
        assertSame(SchemaAndValue.NULL, converter(true).toConnectData("topic", null));
    }

    @Test
    void keys() {
        assertArrayEquals(new byte[] {84}, (byte[]) converter(true).toConnectData("topic", message(8, (byte) 84)).value());
        assertEquals("not of Confluent's wire format: 3 bytes", assertThrows(DataException.class,
                () -> converter(true).toConnectData("topic", "H2O".getBytes())).getMessage());
    }

    @Test
    void randomBytesArePoison() {
        Random random = new Random(3);
        AvroWireConverter converter = converter(false);
        for (int count = 0; count < 200; count++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (count % 2 == 0 && bytes.length > 0) {
                bytes[0] = 0;
            }
            assertThrows(DataException.class, () -> converter.toConnectData("topic", bytes));
        }
    }

    @Test
    void everyTruncationIsPoison() throws IOException {
        byte[] whole = message(7, body());
        AvroWireConverter converter = converter(false);
        for (int end = 0; end < whole.length; end++) {
            byte[] beginning = Arrays.copyOf(whole, end);
            assertThrows(DataException.class, () -> converter.toConnectData("topic", beginning));
        }
    }

    @Test
    void poisonIsToldInWords() throws IOException {
        assertEquals("not of Confluent's wire format: it begins with byte 123, not 0", poison("{\"a\": 1}".getBytes()));
        assertEquals("not of Confluent's wire format: schema id -2", poison(message(-2, (byte) 0)));
        assertEquals("the schema registry says: Schema 99 not found", poison(message(99, (byte) 0)));
        assertEquals("the body is not a value of its schema (id 7): byte 42: 1 bytes after the value",
                poison(Arrays.copyOf(message(7, body()), 5 + body().length + 1)));
        assertEquals("the body is not a value of its schema (id 7): byte 5: double of 8 bytes, 0 left",
                poison(message(7, (byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0x0f)));
        assertEquals("schema id 8 is not registered under subject topic-value", poison(message(8, (byte) 2)));
    }

    @Test
    void anotherTopicsSchemaIsPoisonUntilItIsRegisteredHere() throws IOException {
        AvroWireConverter converter = converter(false);
        byte[] message = message(7, body());

        assertThrows(DataException.class, () -> converter.toConnectData("other", message));
        registry.register(7, SCHEMA, "other-value");
        assertArrayEquals(body(), (byte[]) converter.toConnectData("other", message).value());
    }

    @Test
    void theSubjectIsNotAskedForWhereThatIsOff() {
        assertEquals(1, ((byte[]) converter(false, "subject.check", "false").toConnectData("topic", message(8, (byte) 2))
                .value()).length);
        assertEquals(List.of("8"), registry.requests);
    }

    @Test
    void schemasThatCannotStandAlone() {
        registry.register(20, Map.of("schema", "\"A\"", "references", List.of(Map.of("name", "A", "subject", "a", "version", 1))),
                "topic-value");
        registry.register(21, Map.of("schema", "{}", "schemaType", "JSON"), "topic-value");
        registry.register(22, "{\"type\":\"record\"}", "topic-value");

        assertTrue(poison(message(20)).startsWith("schema id 20 refers to schemas of other subjects"));
        assertEquals("schema id 21 is a schema of JSON, not of Avro", poison(message(21)));
        assertTrue(poison(message(22)).startsWith("schema id 22 is not a valid Avro schema: "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "500 | {}                           | HTTP 500",
        "503 | <html>                       | HTTP 503",
        "429 | {}                           | HTTP 429",
        "401 | {'error_code':401}           | HTTP 401, login refused (basic.auth.user.info)",
        "404 | <html>no such page</html>    | HTTP 404, not a registry's answer",
        "404 | ''                           | HTTP 404, not a registry's answer",
        "404 | {'status':404,'title':'no'}  | HTTP 404, not a registry's answer",
        "200 | <html>log in</html>          | HTTP 200 without JSON",
    })
    void noAnswerIsNoPoison(int status, String body, String told) throws IOException {
        registry.canned = new RegistryServer.Canned(status, body.replace('\'', '"'), 0);
        AvroWireConverter converter = converter(false);

        assertTrue(tryLater(converter).contains(told), tryLater(converter));
        registry.canned = null;
        assertArrayEquals(body(), (byte[]) converter.toConnectData("topic", message(7, body())).value());
    }

    @Test
    void aRegistryThatIsDownOrSlowIsNoPoison() {
        registry.canned = new RegistryServer.Canned(200, "{}", 400);
        AvroWireConverter converter = converter(false, "schema.registry.request.timeout.ms", "100");

        assertTrue(tryLater(converter).contains("timed out"));
        registry.close();
        assertTrue(tryLater(converter).startsWith("schema registry: http://127.0.0.1:"));
    }

    @Test
    void theNextAddressIsAskedAndKept() throws IOException {
        try (RegistryServer other = new RegistryServer()) {
            other.register(7, SCHEMA, "topic-value");
            registry.canned = new RegistryServer.Canned(503, "", 0);
            AvroWireConverter converter = converter(false, "schema.registry.url", registry.url() + "/ , " + other.url());

            converter.toConnectData("topic", message(7, body()));
            assertEquals(1, registry.requests.size());
            assertEquals(2, other.requests.size());
        }
    }

    @Test
    void logins() throws IOException {
        converter(false, "basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "ann:p:w")
                .toConnectData("topic", message(7, body()));
        converter(false, "schema.registry.url", registry.url().replace("//", "//ann:p%3Aw@"))
                .toConnectData("topic", message(7, body()));
        converter(false).toConnectData("topic", message(7, body()));

        String login = "Basic YW5uOnA6dw==";
        assertEquals(List.of(login, login, login, login, "null", "null"), registry.authorizations);
    }

    @Test
    void loginsAreNotTold() {
        registry.canned = new RegistryServer.Canned(500, "", 0);

        String told = tryLater(converter(false, "schema.registry.url", registry.url().replace("//", "//ann:pw@")));
        assertTrue(told.contains("http://127.0.0.1:") && !told.contains("pw"), told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "schema.registry.url              | registry:8081 | schema.registry.url: 'registry:8081' given; allowed: http://… or https://… with a host",
        "schema.registry.ssl.key.password | x             | unknown property 'schema.registry.ssl.key.password'",
        "subject.chek                     | true          | unknown property 'subject.chek'; did you mean 'subject.check'?",
        "basic.auth.user.info             | ann:pw        | basic.auth.user.info needs basic.auth.credentials.source=USER_INFO",
        "basic.auth.credentials.source    | USER_INFO     | basic.auth.user.info must be 'user:password' where basic.auth.credentials.source is USER_INFO",
        "basic.auth.credentials.source    | SASL_INHERIT  | basic.auth.credentials.source: 'SASL_INHERIT' given; allowed: URL, USER_INFO",
        "value.subject.name.strategy      | a.B           | value.subject.name.strategy: 'a.B' given; allowed: io.confluent.kafka.serializers.subject.TopicNameStrategy",
    })
    void refusals(String name, String value, String message) {
        assertEquals(message, assertThrows(ConfigException.class, () -> converter(false, name, value)).getMessage());
    }

    @Test
    void itOnlyReads() {
        assertThrows(DataException.class, () -> converter(false).fromConnectData("topic", null, null));
    }
}
