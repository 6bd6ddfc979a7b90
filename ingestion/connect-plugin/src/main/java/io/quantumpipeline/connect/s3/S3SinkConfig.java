/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.file.CodecFactory;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;

/** The sink's properties: the names and the defaults of Confluent's S3 sink. */
final class S3SinkConfig extends AbstractConfig {

    static final String BUCKET = "s3.bucket.name";
    static final String REGION = "s3.region";
    static final String STORE_URL = "store.url";
    static final String PATH_STYLE = "s3.path.style.access.enabled";
    static final String ACCESS_KEY_ID = "aws.access.key.id";
    static final String SECRET_ACCESS_KEY = "aws.secret.access.key";
    static final String PART_SIZE = "s3.part.size";
    static final String PART_RETRIES = "s3.part.retries";
    static final String PART_RETRY_BACKOFF = "s3.retry.backoff.ms";
    static final String RETRY_BACKOFF = "retry.backoff.ms";
    static final String EXPECT_CONTINUE = "s3.http.send.expect.continue";
    static final String ENCRYPTION = "s3.ssea.name";
    static final String ENCRYPTION_KEY_ID = "s3.sse.kms.key.id";
    static final String CANNED_ACL = "s3.acl.canned";
    static final String TOPICS_DIRECTORY = "topics.dir";
    static final String DIRECTORY_DELIMITER = "directory.delim";
    static final String FILE_DELIMITER = "file.delim";
    static final String OFFSET_WIDTH = "filename.offset.zero.pad.width";
    static final String FLUSH_SIZE = "flush.size";
    static final String ROTATE_INTERVAL = "rotate.interval.ms";
    static final String ROTATE_SCHEDULE_INTERVAL = "rotate.schedule.interval.ms";
    static final String CODEC = "avro.codec";
    static final String NULL_VALUES = "behavior.on.null.values";
    static final String SCHEMA_COMPATIBILITY = "schema.compatibility";
    static final String STORAGE_CLASS = "storage.class";
    static final String FORMAT_CLASS = "format.class";
    static final String PARTITIONER_CLASS = "partitioner.class";

    private static final ConfigDef.Validator CANNED_ACLS = Allowed.of(Arrays.stream(ObjectCannedACL.values())
            .filter(it -> it != ObjectCannedACL.UNKNOWN_TO_SDK_VERSION)
            .map(ObjectCannedACL::toString)
            .toArray(String[]::new));
    private static final String OURS = "io.quantumpipeline.connect.s3.";
    private static final int MEBIBYTE = 1024 * 1024;
    private static final int S3_SMALLEST_PART = 5 * MEBIBYTE;

    static final ConfigDef DEFINITION = new ConfigDef()
            .define(BUCKET, Type.STRING, ConfigDef.NO_DEFAULT_VALUE, Allowed.NOT_EMPTY, Importance.HIGH,
                    "The bucket; it must exist.")
            .define(FLUSH_SIZE, Type.INT, ConfigDef.NO_DEFAULT_VALUE, Allowed.atLeast(1), Importance.HIGH,
                    "Records per object.")
            .define(STORE_URL, Type.STRING, null, Allowed.httpUrl(), Importance.HIGH,
                    "The store's address; AWS's own for the region where it is not given.")
            .define(REGION, Type.STRING, "us-west-2", Allowed.NOT_EMPTY, Importance.MEDIUM,
                    "The region that requests are signed for.")
            .define(PATH_STYLE, Type.BOOLEAN, true, Importance.LOW,
                    "Whether the bucket is in the path of the address (true) or in its host name.")
            .define(ACCESS_KEY_ID, Type.STRING, "", Importance.HIGH,
                    "The access key; where it is empty, credentials come from AWS's default chain.")
            .define(SECRET_ACCESS_KEY, Type.PASSWORD, "", Importance.HIGH, "The secret of the access key.")
            .define(PART_SIZE, Type.INT, 25 * MEBIBYTE, Allowed.atLeast(S3_SMALLEST_PART), Importance.HIGH,
                    "Larger objects are sent in parts of this many bytes; so much of a file is kept in memory.")
            .define(PART_RETRIES, Type.INT, 3, Allowed.atLeast(0), Importance.MEDIUM,
                    "How often a request to the store is sent again, for a minute at most, before Connect tries later.")
            .define(PART_RETRY_BACKOFF, Type.LONG, 200L, Allowed.atLeast(0), Importance.LOW,
                    "The pause before a request is sent again; doubled each time, 10 seconds at most.")
            .define(RETRY_BACKOFF, Type.LONG, 5_000L, Allowed.atLeast(0), Importance.LOW,
                    "The pause before Connect delivers again what the store could not take.")
            .define(EXPECT_CONTINUE, Type.BOOLEAN, true, Importance.LOW,
                    "Whether the store is asked if it takes an object before its bytes are sent.")
            .define(ENCRYPTION, Type.STRING, "", Allowed.of("", "AES256", "aws:kms"), Importance.LOW,
                    "How the store encrypts objects.")
            .define(ENCRYPTION_KEY_ID, Type.STRING, "", Importance.LOW, "The key for aws:kms.")
            .define(CANNED_ACL, Type.STRING, null, CANNED_ACLS, Importance.LOW, "The objects' canned ACL.")
            .define(TOPICS_DIRECTORY, Type.STRING, "topics", Importance.HIGH, "What all objects' names begin with.")
            .define(DIRECTORY_DELIMITER, Type.STRING, "/", Importance.MEDIUM, "Between the directories of a name.")
            .define(FILE_DELIMITER, Type.STRING, "+", Importance.MEDIUM, "Between topic, partition and offset.")
            .define(OFFSET_WIDTH, Type.INT, 10, Allowed.atLeast(0), Importance.LOW, "Digits of the offset in a name.")
            .define(CODEC, Type.STRING, "null", Allowed.of("null", "deflate", "snappy", "bzip2"), Importance.LOW,
                    "How the blocks of a file are compressed.")
            .define(NULL_VALUES, Type.STRING, "fail", Allowed.of("fail", "ignore"), Importance.LOW,
                    "A record without a value: to the dead letters, or a failed task where there are none; or passed over.")
            .define(SCHEMA_COMPATIBILITY, Type.STRING, "NONE", Allowed.of("NONE"), Importance.HIGH,
                    "A record of another schema begins a new object; records are never converted.")
            .define(ROTATE_INTERVAL, Type.LONG, -1L, Allowed.of("-1"), Importance.HIGH, "Only by number of records.")
            .define(ROTATE_SCHEDULE_INTERVAL, Type.LONG, -1L, Allowed.of("-1"), Importance.MEDIUM,
                    "Only by number of records.")
            .define(STORAGE_CLASS, Type.STRING, OURS + "S3Storage",
                    Allowed.of(OURS + "S3Storage", "io.confluent.connect.s3.storage.S3Storage"), Importance.HIGH,
                    "Confluent's name or ours.")
            .define(FORMAT_CLASS, Type.STRING, OURS + "AvroFormat",
                    Allowed.of(OURS + "AvroFormat", "io.confluent.connect.s3.format.avro.AvroFormat"), Importance.HIGH,
                    "Confluent's name or ours.")
            .define(PARTITIONER_CLASS, Type.STRING, OURS + "DefaultPartitioner",
                    Allowed.of(OURS + "DefaultPartitioner",
                            "io.confluent.connect.storage.partitioner.DefaultPartitioner"), Importance.HIGH,
                    "Confluent's name or ours.");

    private static final String CONVERTER = AvroWireConverter.class.getName();

    /** A configuration that was validated: names are not judged again, for Connect adds some of its own to a task's. */
    S3SinkConfig(Map<String, String> properties) {
        super(DEFINITION, properties);
    }

    /**
     * What is wrong with a configuration beyond what {@link #DEFINITION} finds: names that are not known, and values
     * that do not go together.
     */
    static Map<String, String> problems(Map<String, String> properties) {
        Map<String, String> problems = new LinkedHashMap<>();
        properties.forEach((name, value) ->
                PropertyNames.problem(name, value).ifPresent(problem -> problems.put(name, problem)));
        boolean hasId = isGiven(properties, ACCESS_KEY_ID);
        boolean hasSecret = isGiven(properties, SECRET_ACCESS_KEY);
        if (hasId != hasSecret) {
            String missing = hasId ? SECRET_ACCESS_KEY : ACCESS_KEY_ID;
            problems.put(missing, "%s is missing; give both keys or neither".formatted(missing));
        }
        if (isGiven(properties, ENCRYPTION_KEY_ID) && !"aws:kms".equals(properties.get(ENCRYPTION))) {
            problems.put(ENCRYPTION_KEY_ID, "%s needs %s=aws:kms".formatted(ENCRYPTION_KEY_ID, ENCRYPTION));
        }
        String valueConverter = properties.getOrDefault("value.converter", CONVERTER);
        if (!isOurs(valueConverter)) {
            problems.put("value.converter", "value.converter: '%s' given; allowed: %s (it leaves the bytes as they are)"
                    .formatted(valueConverter, CONVERTER));
        }
        for (String role : new String[] {"key.converter", "value.converter"}) {
            if (isOurs(properties.getOrDefault(role, ""))) {
                problems.putAll(converterProblems(role + ".", properties));
            }
        }
        return problems;
    }

    String bucket() {
        return getString(BUCKET);
    }

    String region() {
        return getString(REGION);
    }

    Optional<URI> storeUrl() {
        return Optional.ofNullable(getString(STORE_URL)).map(it -> Allowed.httpUrl(STORE_URL, it));
    }

    boolean usesPathStyle() {
        return getBoolean(PATH_STYLE);
    }

    boolean sendsExpectContinue() {
        return getBoolean(EXPECT_CONTINUE);
    }

    /** An access key and its secret. */
    record AccessKey(String id, String secret) {
    }

    Optional<AccessKey> accessKey() {
        String id = getString(ACCESS_KEY_ID);
        return id.isEmpty()
                ? Optional.empty()
                : Optional.of(new AccessKey(id, getPassword(SECRET_ACCESS_KEY).value()));
    }

    int partSize() {
        return getInt(PART_SIZE);
    }

    Retry storeRetry() {
        return new Retry(getInt(PART_RETRIES), Duration.ofMillis(getLong(PART_RETRY_BACKOFF)));
    }

    Duration redeliveryPause() {
        return Duration.ofMillis(getLong(RETRY_BACKOFF));
    }

    Optional<String> encryption() {
        return notEmpty(ENCRYPTION);
    }

    Optional<String> encryptionKeyId() {
        return notEmpty(ENCRYPTION_KEY_ID);
    }

    Optional<String> cannedAcl() {
        return notEmpty(CANNED_ACL);
    }

    ObjectName.Layout layout() {
        return new ObjectName.Layout(getString(TOPICS_DIRECTORY), getString(DIRECTORY_DELIMITER),
                getString(FILE_DELIMITER), getInt(OFFSET_WIDTH));
    }

    int flushSize() {
        return getInt(FLUSH_SIZE);
    }

    CodecFactory codec() {
        return CodecFactory.fromString(getString(CODEC));
    }

    boolean ignoresNullValues() {
        return getString(NULL_VALUES).equals("ignore");
    }

    private Optional<String> notEmpty(String name) {
        return Optional.ofNullable(getString(name)).filter(it -> !it.isEmpty());
    }

    private static boolean isGiven(Map<String, String> properties, String name) {
        return !properties.getOrDefault(name, "").isEmpty();
    }

    /** Connect takes a plugin's full name, its simple name, or that without its kind. */
    private static boolean isOurs(String converter) {
        return converter.equals(CONVERTER) || converter.equals("AvroWireConverter") || converter.equals("AvroWire");
    }

    private static Map<String, String> converterProblems(String prefix, Map<String, String> properties) {
        Map<String, String> own = new LinkedHashMap<>();
        properties.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                own.put(name.substring(prefix.length()), value);
            }
        });
        Map<String, String> problems = new LinkedHashMap<>();
        AvroWireConverterConfig.problems(own).forEach((name, problem) ->
                problems.put(prefix + name, problem.replace(name, prefix + name)));
        return problems;
    }
}
