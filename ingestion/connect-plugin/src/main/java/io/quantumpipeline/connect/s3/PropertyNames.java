/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which names a connector's configuration may hold beside the sink's own.
 *
 * <p>A property that is not read is a wish that is not granted: a misspelt retry time, a dead-letter topic that is
 * never written. So a name is refused unless it is the sink's, Connect's, or Confluent's with the value that means what
 * this sink does anyway.
 */
final class PropertyNames {

    private static final Set<String> FRAMEWORK = Set.of(
            "name", "connector.class", "connector.plugin.version", "tasks.max", "tasks.max.enforce",
            "topics", "topics.regex", "config.action.reload",
            "key.converter", "value.converter", "header.converter", "transforms", "predicates",
            "errors.retry.timeout", "errors.retry.delay.max.ms", "errors.tolerance",
            "errors.log.enable", "errors.log.include.messages",
            "errors.deadletterqueue.topic.name", "errors.deadletterqueue.topic.replication.factor",
            "errors.deadletterqueue.context.headers.enable",
            "exactly.once.support", "transaction.boundary", "transaction.boundary.interval.ms");

    private static final List<String> FRAMEWORK_PREFIXES = List.of(
            "key.converter.", "value.converter.", "header.converter.", "transforms.", "predicates.",
            "consumer.override.", "producer.override.", "admin.override.");

    /** Confluent's properties that have no counterpart here: the values that change nothing, in most cases the default. */
    private static final Map<String, List<String>> CONFLUENT = Map.ofEntries(
            Map.entry("allow.optional.map.keys", List.of("false")),
            Map.entry("connect.meta.data", List.of("false")),
            Map.entry("elastic.buffer.enable", List.of("false", "true")),
            Map.entry("elastic.buffer.init.capacity", List.of()),
            Map.entry("enhanced.avro.schema.support", List.of("false", "true")),
            Map.entry("format.bytearray.extension", List.of(".bin")),
            Map.entry("format.bytearray.separator", List.of()),
            Map.entry("headers.format.class", List.of()),
            Map.entry("hive.integration", List.of("false")),
            Map.entry("json.decimal.format", List.of("BASE64")),
            Map.entry("keys.format.class", List.of()),
            Map.entry("locale", List.of("")),
            Map.entry("parquet.codec", List.of("snappy")),
            Map.entry("partition.duration.ms", List.of("-1")),
            Map.entry("partition.field.name", List.of("")),
            Map.entry("path.format", List.of("")),
            Map.entry("s3.compression.level", List.of("-1")),
            Map.entry("s3.compression.type", List.of("none")),
            Map.entry("s3.credentials.provider.class", List.of(
                    "com.amazonaws.auth.DefaultAWSCredentialsProviderChain",
                    "software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider")),
            Map.entry("s3.object.behavior.on.tagging.error", List.of("ignore")),
            Map.entry("s3.object.tagging", List.of("false")),
            Map.entry("s3.proxy.password", List.of()),
            Map.entry("s3.proxy.url", List.of("")),
            Map.entry("s3.proxy.user", List.of()),
            Map.entry("s3.schema.partition.affix.type", List.of("NONE")),
            Map.entry("s3.sse.customer.key", List.of()),
            Map.entry("s3.wan.mode", List.of("false")),
            Map.entry("schema.cache.size", List.of("1000")),
            Map.entry("schema.generator.class", List.of(
                    "io.confluent.connect.storage.hive.schema.DefaultSchemaGenerator")),
            Map.entry("shutdown.timeout.ms", List.of("3000")),
            Map.entry("store.kafka.headers", List.of("false")),
            Map.entry("store.kafka.keys", List.of("false")),
            Map.entry("timestamp.extractor", List.of("Wallclock")),
            Map.entry("timestamp.field", List.of("timestamp")),
            Map.entry("timezone", List.of("")),
            Map.entry("tombstone.encoded.partition", List.of("tombstone")));

    /** Names that people write for another one. */
    private static final Map<String, String> MEANT = Map.of(
            "aws.access.key", S3SinkConfig.ACCESS_KEY_ID,
            "aws.secret.key", S3SinkConfig.SECRET_ACCESS_KEY,
            "refresh.topics.enabled", "consumer.override.metadata.max.age.ms",
            "s3.access.key.id", S3SinkConfig.ACCESS_KEY_ID,
            "s3.bucket", S3SinkConfig.BUCKET,
            "s3.endpoint", S3SinkConfig.STORE_URL,
            "s3.path.style.access", S3SinkConfig.PATH_STYLE,
            "s3.secret.access.key", S3SinkConfig.SECRET_ACCESS_KEY);

    private PropertyNames() {
    }

    /** What is wrong with a property's name, or with a value that it must have; nothing where all is well. */
    static Optional<String> problem(String name, String value) {
        boolean known = S3SinkConfig.DEFINITION.names().contains(name) || FRAMEWORK.contains(name)
                || FRAMEWORK_PREFIXES.stream().anyMatch(name::startsWith);
        if (known) {
            return Optional.empty();
        }
        List<String> harmless = CONFLUENT.get(name);
        if (harmless != null) {
            return harmless.contains(value) ? Optional.empty() : Optional.of(notSupported(name, value, harmless));
        }
        return Optional.of(MEANT.containsKey(name)
                ? Allowed.unknown(name, MEANT.get(name))
                : Allowed.unknown(name, suggestions()));
    }

    private static String notSupported(String name, String value, List<String> harmless) {
        List<String> values = harmless.stream().filter(it -> !it.isEmpty()).toList();
        return values.isEmpty() // its value may be a secret
                ? "%s is not supported; leave it out".formatted(name)
                : "%s: '%s' is not supported; allowed: %s".formatted(name, value, String.join(", ", values));
    }

    private static List<String> suggestions() {
        List<String> names = new ArrayList<>(S3SinkConfig.DEFINITION.names());
        names.addAll(FRAMEWORK);
        return names;
    }
}
