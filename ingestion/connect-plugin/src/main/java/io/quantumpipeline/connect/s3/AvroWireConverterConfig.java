/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/** The converter's properties: those of Confluent's Avro converter that have a meaning here, and {@code subject.check}. */
final class AvroWireConverterConfig extends AbstractConfig {

    static final String URL = "schema.registry.url";
    static final String CREDENTIALS_SOURCE = "basic.auth.credentials.source";
    static final String USER_INFO = "basic.auth.user.info";
    static final String TIMEOUT = "schema.registry.request.timeout.ms";
    static final String SUBJECT_CHECK = "subject.check";
    private static final String TOPIC_NAME_STRATEGY = "io.confluent.kafka.serializers.subject.TopicNameStrategy";
    private static final int REASONABLE_TIMEOUT_MS = 10_000;

    static final ConfigDef DEFINITION = new ConfigDef()
            .define(URL, Type.LIST, ConfigDef.NO_DEFAULT_VALUE, Allowed.NOT_EMPTY, Importance.HIGH,
                    "Addresses of one registry, separated by commas; the next is asked where one does not answer.")
            .define(CREDENTIALS_SOURCE, Type.STRING, "URL", Allowed.of("URL", "USER_INFO"), Importance.MEDIUM,
                    "Where the login is: in the address (https://user:password@host), or in " + USER_INFO + ".")
            .define(USER_INFO, Type.PASSWORD, "", Importance.MEDIUM, "user:password, for USER_INFO.")
            .define(TIMEOUT, Type.INT, REASONABLE_TIMEOUT_MS, Allowed.atLeast(1), Importance.LOW,
                    "How long one address may take to answer.")
            .define(SUBJECT_CHECK, Type.BOOLEAN, true, Importance.MEDIUM,
                    "Refuse a message whose schema is not registered under its topic's own subject.");

    /** Names that are Connect's own. */
    private static final Set<String> FRAMEWORK = Set.of("converter.type", "plugin.version");

    /** Properties of Confluent's converter, with the values that mean what we do or have no effect on a sink. */
    private static final Map<String, Set<String>> CONFLUENT = Map.of(
            "auto.register.schemas", Set.of("true", "false"),
            "use.latest.version", Set.of("false"),
            "key.subject.name.strategy", Set.of(TOPIC_NAME_STRATEGY),
            "value.subject.name.strategy", Set.of(TOPIC_NAME_STRATEGY),
            "enhanced.avro.schema.support", Set.of("true", "false"),
            "connect.meta.data", Set.of("false"));

    AvroWireConverterConfig(Map<String, ?> properties) {
        super(DEFINITION, properties, false);
        problems(properties).forEach((name, problem) -> {
            throw new ConfigException(problem);
        });
    }

    /** What is wrong with a converter's properties: names (without the prefix that Connect takes off) and why. */
    static Map<String, String> problems(Map<String, ?> properties) {
        Map<String, String> problems = new TreeMap<>();
        properties.forEach((name, value) -> {
            if (CONFLUENT.containsKey(name)) {
                Allowed.problem(name, String.valueOf(value), CONFLUENT.get(name)).ifPresent(it -> problems.put(name, it));
            } else if (!DEFINITION.names().contains(name) && !FRAMEWORK.contains(name)) {
                problems.put(name, Allowed.unknown(name, DEFINITION.names()));
            }
        });
        DEFINITION.validateAll(strings(properties)).forEach((name, value) -> {
            if (!value.errorMessages().isEmpty()) {
                problems.put(name, value.errorMessages().get(0));
            }
        });
        if (problems.isEmpty()) {
            try {
                endpoints(properties);
            } catch (ConfigException e) {
                problems.put(URL, e.getMessage());
            }
        }
        return problems;
    }

    List<SchemaRegistryClient.Endpoint> endpoints() {
        return endpoints(originals());
    }

    Duration timeout() {
        return Duration.ofMillis(getInt(TIMEOUT));
    }

    boolean checksSubject() {
        return getBoolean(SUBJECT_CHECK);
    }

    private static List<SchemaRegistryClient.Endpoint> endpoints(Map<String, ?> properties) {
        Map<String, Object> parsed = DEFINITION.parse(properties);
        String login = ((Password) parsed.get(USER_INFO)).value();
        boolean fromUrl = parsed.get(CREDENTIALS_SOURCE).equals("URL");
        if (!fromUrl && !login.contains(":")) {
            throw new ConfigException(USER_INFO + " must be 'user:password' where " + CREDENTIALS_SOURCE + " is USER_INFO");
        }
        if (fromUrl && !login.isEmpty()) {
            throw new ConfigException(USER_INFO + " needs " + CREDENTIALS_SOURCE + "=USER_INFO");
        }
        List<?> addresses = (List<?>) parsed.get(URL);
        return addresses.stream().map(it -> endpoint((String) it, fromUrl ? Optional.empty() : Optional.of(login))).toList();
    }

    private static SchemaRegistryClient.Endpoint endpoint(String address, Optional<String> login) {
        URI uri = Allowed.httpUrl(URL, address);
        Optional<String> user = login.or(() -> Optional.ofNullable(uri.getUserInfo()));
        try {
            String path = uri.getPath().replaceAll("/+$", "");
            String url = new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), path, null, null).toString();
            return new SchemaRegistryClient.Endpoint(url, user.map(AvroWireConverterConfig::basic));
        } catch (URISyntaxException e) {
            throw new ConfigException(URL + ": " + e.getReason());
        }
    }

    private static String basic(String login) {
        return "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> strings(Map<String, ?> properties) {
        Map<String, String> strings = new TreeMap<>();
        properties.forEach((name, value) -> strings.put(name, String.valueOf(value)));
        return strings;
    }
}
