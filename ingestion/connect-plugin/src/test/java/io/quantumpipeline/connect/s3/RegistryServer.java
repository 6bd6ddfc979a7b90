/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A small schema registry on the loopback interface: it answers as Confluent's and Apicurio's do. */
final class RegistryServer implements AutoCloseable {

    /** An answer that is given to every request, in place of the right one. */
    record Canned(int status, String body, long delayMs) {
    }

    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> authorizations = new CopyOnWriteArrayList<>();
    volatile Canned canned;

    private static final ObjectMapper JSON = new ObjectMapper();
    private final Map<Integer, Map<String, Object>> schemas = new HashMap<>();
    private final Map<Integer, List<String>> subjects = new HashMap<>();
    private final HttpServer server;

    RegistryServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/schemas/ids/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:%d/api".formatted(server.getAddress().getPort());
    }

    void register(int id, String schema, String... ofSubjects) {
        register(id, Map.of("schema", schema, "schemaType", "AVRO", "references", List.of()), ofSubjects);
    }

    void register(int id, Map<String, Object> answer, String... ofSubjects) {
        schemas.put(id, answer);
        subjects.computeIfAbsent(id, it -> new ArrayList<>()).addAll(List.of(ofSubjects));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath().substring("/api/schemas/ids/".length());
        requests.add(path);
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        Canned now = canned;
        if (now != null) {
            pause(now.delayMs());
            send(exchange, now.status(), now.body());
            return;
        }
        int id = Integer.parseInt(path.replaceAll("/.*", ""));
        if (!schemas.containsKey(id)) {
            send(exchange, 404, "{\"error_code\":40403,\"message\":\"Schema %d not found\"}".formatted(id));
        } else if (path.endsWith("/versions")) {
            send(exchange, 200, JSON.writeValueAsString(
                    subjects.get(id).stream().map(it -> Map.of("subject", it, "version", 1)).toList()));
        } else {
            send(exchange, 200, JSON.writeValueAsString(schemas.get(id)));
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
