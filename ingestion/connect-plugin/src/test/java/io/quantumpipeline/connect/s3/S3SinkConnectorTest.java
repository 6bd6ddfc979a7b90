/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.runtime.SinkConnectorConfig;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.storage.Converter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3SinkConnectorTest {

    private static final String CONVERTER = "io.quantumpipeline.connect.s3.AvroWireConverter";

    private final S3SinkConnector connector = new S3SinkConnector();

    private Map<String, List<String>> errors(Map<String, String> properties) {
        return connector.validate(properties).configValues().stream()
                .filter(it -> !it.errorMessages().isEmpty())
                .collect(Collectors.toMap(ConfigValue::name, ConfigValue::errorMessages));
    }

    private String error(String name, String... properties) {
        Map<String, List<String>> errors = errors(Configurations.sink(properties));
        assertEquals(Set.of(name), errors.keySet());
        List<String> messages = errors.get(name);
        assertEquals(1, messages.size(), messages.toString());
        assertFalse(messages.get(0).contains("\n"));
        return messages.get(0);
    }

    @Test
    void theConfigurationOfTheSpecificationInItsRightNames() {
        assertEquals(Map.of(), errors(Map.ofEntries(
                Map.entry("name", "minio-sink"),
                Map.entry("connector.class", "io.quantumpipeline.connect.s3.S3SinkConnector"),
                Map.entry("tasks.max", "1"),
                Map.entry("topics.regex", "vqe_decorated_result_.*"),
                Map.entry("consumer.override.metadata.max.age.ms", "5000"),
                Map.entry("topics.dir", "experiments"),
                Map.entry("directory.delim", "/"),
                Map.entry("s3.bucket.name", "local-vqe-results"),
                Map.entry("store.url", "http://minio:9000"),
                Map.entry("s3.region", "us-east-1"),
                Map.entry("s3.path.style.access.enabled", "true"),
                Map.entry("aws.access.key.id", "admin"),
                Map.entry("aws.secret.access.key", "admin123"),
                Map.entry("s3.part.size", "5242880"),
                Map.entry("s3.retry.backoff.ms", "1000"),
                Map.entry("flush.size", "1"),
                Map.entry("schema.compatibility", "NONE"),
                Map.entry("storage.class", "io.confluent.connect.s3.storage.S3Storage"),
                Map.entry("format.class", "io.confluent.connect.s3.format.avro.AvroFormat"),
                Map.entry("partitioner.class", "io.confluent.connect.storage.partitioner.DefaultPartitioner"),
                Map.entry("rotate.interval.ms", "-1"),
                Map.entry("key.converter", CONVERTER),
                Map.entry("value.converter", CONVERTER),
                Map.entry("key.converter.schema.registry.url", "http://schema-registry:8081/apis/ccompat/v7"),
                Map.entry("value.converter.schema.registry.url", "http://schema-registry:8081/apis/ccompat/v7"),
                Map.entry("transforms", "a"),
                Map.entry("transforms.a.type", "org.example.A"),
                Map.entry("errors.tolerance", "all"),
                Map.entry("errors.log.enable", "true"),
                Map.entry("errors.log.include.messages", "true"))));
    }

    @Test
    void ourOwnClassNamesMeanTheSame() {
        assertEquals(Map.of(), errors(Configurations.sink(
                "storage.class", "io.quantumpipeline.connect.s3.S3Storage",
                "format.class", "io.quantumpipeline.connect.s3.AvroFormat",
                "partitioner.class", "io.quantumpipeline.connect.s3.DefaultPartitioner")));
    }

    @ParameterizedTest
    @CsvSource({
        "s3.access.key.id,             aws.access.key.id",
        "s3.secret.access.key,         aws.secret.access.key",
        "s3.path.style.access,         s3.path.style.access.enabled",
        "refresh.topics.enabled,       consumer.override.metadata.max.age.ms",
        "flush.sizes,                  flush.size",
        "s3.bucket.nmae,               s3.bucket.name",
        "errors.deadletterqueue.topic, ''",
        "error.tolerance,              errors.tolerance",
        "something.else.entirely,      ''",
    })
    void unknownNamesAreRefusedByName(String name, String meant) {
        String suggestion = meant.isEmpty() ? "" : "; did you mean '%s'?".formatted(meant);

        assertEquals("unknown property '%s'%s".formatted(name, suggestion), error(name, name, "secret!"));
    }

    @ParameterizedTest
    @CsvSource({
        "s3.wan.mode, true, 's3.wan.mode: ''true'' is not supported; allowed: false'",
        "s3.compression.type, gzip, 's3.compression.type: ''gzip'' is not supported; allowed: none'",
        "timezone, UTC, timezone is not supported; leave it out",
        "s3.sse.customer.key, hunter2, s3.sse.customer.key is not supported; leave it out",
        "store.kafka.keys, true, 'store.kafka.keys: ''true'' is not supported; allowed: false'",
        "connect.meta.data, true, 'connect.meta.data: ''true'' is not supported; allowed: false'",
        "rotate.interval.ms, 600000, 'rotate.interval.ms: ''600000'' given; allowed: -1'",
        "schema.compatibility, BACKWARD, 'schema.compatibility: ''BACKWARD'' given; allowed: NONE'",
        "avro.codec, lzma, 'avro.codec: ''lzma'' given; allowed: bzip2, deflate, null, snappy'",
        "behavior.on.null.values, write, 'behavior.on.null.values: ''write'' given; allowed: fail, ignore'",
        "s3.bucket.name, '', s3.bucket.name: nothing given; it must not be empty",
        "flush.size, 0, 'flush.size: 0 given; allowed: 1 or more'",
        "flush.size, many, Invalid value many for configuration flush.size: Not a number of type INT",
        "s3.part.size, 5242879, 's3.part.size: 5242879 given; allowed: 5242880 or more'",
        "store.url, minio:9000, 'store.url: ''minio:9000'' given; allowed: http://… or https://… with a host'",
        "store.url, ftp://a, 'store.url: ''ftp://a'' given; allowed: http://… or https://… with a host'",
        "aws.access.key.id, admin, 'aws.secret.access.key is missing; give both keys or neither'",
        "aws.secret.access.key, admin, 'aws.access.key.id is missing; give both keys or neither'",
        "s3.sse.kms.key.id, a-key, s3.sse.kms.key.id needs s3.ssea.name=aws:kms",
        "s3.acl.canned, mine, 's3.acl.canned: ''mine'' given; allowed: authenticated-read, aws-exec-read, "
                + "bucket-owner-full-control, bucket-owner-read, private, public-read, public-read-write'",
    })
    void refusals(String name, String value, String message) {
        String refused = message.endsWith("give both keys or neither") ? message.split(" ")[0] : name;

        assertEquals(message, error(refused, name, value));
    }

    @ParameterizedTest
    @CsvSource({
        "format.class, io.confluent.connect.s3.format.parquet.ParquetFormat",
        "partitioner.class, io.confluent.connect.storage.partitioner.TimeBasedPartitioner",
        "storage.class, org.example.Storage",
    })
    void otherClassesAreRefused(String name, String value) {
        assertTrue(error(name, name, value).startsWith("%s: '%s' given; allowed: io.confluent.".formatted(name, value)));
    }

    @ParameterizedTest
    @CsvSource({"s3.wan.mode, false", "schema.cache.size, 1000", "s3.compression.type, none", "locale, ''",
        "s3.credentials.provider.class, com.amazonaws.auth.DefaultAWSCredentialsProviderChain"})
    void confluentsDefaultsPass(String name, String value) {
        assertEquals(Map.of(), errors(Configurations.sink(name, value)));
    }

    @Test
    void anotherConverterWouldChangeTheBytes() {
        assertEquals("value.converter: 'io.confluent.connect.avro.AvroConverter' given; allowed: " + CONVERTER
                        + " (it leaves the bytes as they are)",
                error("value.converter", "value.converter", "io.confluent.connect.avro.AvroConverter"));
        assertEquals(Map.of(), errors(Configurations.sink(
                "key.converter", "org.apache.kafka.connect.storage.StringConverter")));
    }

    @Test
    void theConvertersOwnPropertiesAreJudgedToo() {
        String name = "value.converter.shema.registry.url";
        Map<String, List<String>> errors = errors(Configurations.sink("value.converter", CONVERTER, name, "http://a"));

        assertEquals(List.of("unknown property '%s'; did you mean 'schema.registry.url'?".formatted(name)),
                errors.get(name));
        assertTrue(errors.get("value.converter.schema.registry.url").get(0).contains("no default value"), errors.toString());
    }

    @Test
    void allIsToldAtOnce() {
        Map<String, List<String>> errors = errors(Map.of("s3.region", "", "a.b", "c"));

        assertEquals(Set.of("s3.bucket.name", "flush.size", "s3.region", "a.b"), errors.keySet());
    }

    @Test
    void aTaskStartsWithWhatConnectAddsToItsProperties() {
        S3SinkTask task = new S3SinkTask(config -> new MemoryStore());

        task.start(Configurations.sink("task.class", S3SinkTask.class.getName(), "name", "minio-sink"));
        task.stop();
    }

    @Test
    void whatConnectItselfKnowsPasses() {
        for (String name : SinkConnectorConfig.configDef().names()) {
            assertEquals(Optional.empty(), PropertyNames.problem(name, "x"));
        }
    }

    @Test
    void secretsAreHidden() {
        S3SinkConfig config = new S3SinkConfig(Configurations.sink("aws.access.key.id", "admin",
                "aws.secret.access.key", "hunter2"));

        assertFalse(config.values().toString().contains("hunter2"));
        assertEquals("hunter2", config.accessKey().orElseThrow().secret());
    }

    @Test
    void defaultsAreConfluents() {
        S3SinkConfig config = new S3SinkConfig(Configurations.sink());

        assertEquals(new ObjectName.Layout("topics", "/", "+", 10), config.layout());
        assertEquals("us-west-2", config.region());
        assertEquals(26214400, config.partSize());
        assertEquals(new Retry(3, Duration.ofMillis(200)), config.storeRetry());
        assertTrue(config.usesPathStyle());
        assertFalse(config.ignoresNullValues());
    }

    @Test
    void connectFindsBothPlugins() {
        List<?> connectors = ServiceLoader.load(SinkConnector.class).stream().map(ServiceLoader.Provider::type).toList();
        List<?> converters = ServiceLoader.load(Converter.class).stream().map(ServiceLoader.Provider::type).toList();

        assertTrue(connectors.contains(S3SinkConnector.class));
        assertTrue(converters.contains(AvroWireConverter.class));
        assertTrue(connector.version().matches("\\d+\\.\\d+\\.\\d+"), connector.version());
    }

    @Test
    void everyTaskGetsTheWholeConfiguration() {
        Map<String, String> properties = Configurations.sink();
        connector.start(properties);

        assertEquals(List.of(properties, properties, properties), connector.taskConfigs(3));
    }
}
