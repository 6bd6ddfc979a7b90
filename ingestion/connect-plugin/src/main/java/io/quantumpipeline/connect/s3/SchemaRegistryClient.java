/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two questions that we ask a schema registry of Confluent's API (Confluent's own, Apicurio's {@code ccompat}).
 *
 * <p>Two kinds of answer are kept apart with care, for a message whose id is unknown is poison, and a message that we
 * could not ask about is not. Only the registry's own "no such schema" ({@code error_code} 404xx) makes a
 * {@link DataException}; whatever else goes wrong (no connection, 5xx, a login that is refused, a proxy's page for a
 * wrong URL) makes a {@link RetriableException}.
 */
final class SchemaRegistryClient {

    private static final Logger log = LoggerFactory.getLogger(SchemaRegistryClient.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /**
     * One of the registry's addresses.
     *
     * @param url           without a login and without a slash at its end
     * @param authorization the value of the HTTP header, where there is a login
     */
    record Endpoint(String url, Optional<String> authorization) {
    }

    private final List<Endpoint> endpoints;
    private final Duration timeout;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    private int preferred;

    /**
     * @param endpoints addresses of one registry, asked in turn until one answers
     * @param timeout   how long one of them may take
     */
    SchemaRegistryClient(List<Endpoint> endpoints, Duration timeout) {
        this.endpoints = List.copyOf(endpoints);
        this.timeout = timeout;
    }

    /** The Avro schema of an id, as JSON. */
    String schema(int id) {
        JsonNode answer = ask("/schemas/ids/" + id);
        String type = answer.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO")) {
            throw new DataException("schema id %d is a schema of %s, not of Avro".formatted(id, type));
        }
        if (!answer.path("references").isEmpty()) {
            throw new DataException(("schema id %d refers to schemas of other subjects, which is not supported; "
                    + "register it with all its records in it").formatted(id));
        }
        if (!answer.path("schema").isTextual()) {
            throw new RetriableException("the registry's answer for schema id %d holds no schema".formatted(id));
        }
        return answer.get("schema").asText();
    }

    /** Whether the schema of an id is a version of a subject. */
    boolean isRegisteredUnder(String subject, int id) {
        for (JsonNode version : ask("/schemas/ids/" + id + "/versions")) {
            if (version.path("subject").asText().equals(subject)) {
                return true;
            }
        }
        return false;
    }

    private JsonNode ask(String path) {
        List<String> failures = new ArrayList<>();
        for (int turn = 0; turn < endpoints.size(); turn++) {
            int choice = (preferred + turn) % endpoints.size();
            try {
                JsonNode answer = ask(endpoints.get(choice), path);
                preferred = choice;
                return answer;
            } catch (NoAnswerException e) {
                failures.add(e.getMessage());
            }
        }
        String failure = "schema registry: " + String.join("; ", failures);
        log.warn("{}", failure);
        throw new RetriableException(failure);
    }

    private JsonNode ask(Endpoint endpoint, String path) throws NoAnswerException {
        String url = endpoint.url() + path;
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .timeout(timeout)
                .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
        endpoint.authorization().ifPresent(value -> request.header("Authorization", value));
        HttpResponse<String> response;
        try {
            response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new NoAnswerException("%s: %s".formatted(url, e.getMessage() == null ? e.getClass().getSimpleName() : e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetriableException("interrupted while asking " + url, e);
        }
        Optional<JsonNode> json = parse(response.body());
        if (response.statusCode() == 200 && json.isPresent()) {
            return json.get();
        }
        int errorCode = json.map(node -> node.path("error_code").asInt()).orElse(0);
        if (response.statusCode() == 404 && errorCode / 100 == 404) {
            throw new DataException("the schema registry says: " + json.get().path("message").asText());
        }
        throw new NoAnswerException("%s: HTTP %d%s".formatted(url, response.statusCode(), advice(response.statusCode())));
    }

    private static String advice(int status) {
        return switch (status) {
            case 200 -> " without JSON";
            case 401, 403 -> ", login refused (basic.auth.user.info)";
            case 404 -> ", not a registry's answer (is schema.registry.url the root of Confluent's API?)";
            default -> "";
        };
    }

    private static Optional<JsonNode> parse(String body) {
        try {
            return Optional.ofNullable(JSON.readTree(body)).filter(JsonNode::isContainerNode);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** One address gave no answer that counts. */
    private static final class NoAnswerException extends Exception {

        private static final long serialVersionUID = 1L;

        NoAnswerException(String message) {
            super(message);
        }
    }
}
