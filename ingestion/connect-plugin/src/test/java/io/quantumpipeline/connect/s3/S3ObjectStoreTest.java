/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What we send, and what we make of a store's answers, over real HTTP; a real store judges in S3StoreIntegrationTest. */
class S3ObjectStoreTest {

    private static final int PART = 5 * 1024 * 1024;

    private record Answer(int status, String code) {
    }

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Map<String, List<String>>> headers = new CopyOnWriteArrayList<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        int size = exchange.getRequestBody().readAllBytes().length;
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        requests.add(request + " " + size);
        headers.add(Map.copyOf(exchange.getRequestHeaders()));
        Answer answer = answers.isEmpty() ? new Answer(200, "") : answers.poll();
        String body = "";
        if (answer.status() != 200) {
            body = "<Error><Code>%s</Code><Message>no</Message></Error>".formatted(answer.code());
        } else if (request.endsWith("?uploads")) {
            body = "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>";
        } else if (request.startsWith("POST")) {
            body = "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>";
        }
        exchange.getResponseHeaders().set("ETag", "\"e\"");
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        int status = request.startsWith("DELETE") ? 204 : answer.status();
        exchange.sendResponseHeaders(status, bytes.length == 0 || status == 204 ? -1 : bytes.length);
        if (status != 204) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    private void put(int size, String... more) throws IOException {
        String[] configuration = {"store.url", "http://127.0.0.1:" + server.getAddress().getPort(),
            "aws.access.key.id", "k", "aws.secret.access.key", "s", "s3.retry.backoff.ms", "1",
            "s3.part.size", Integer.toString(PART)};
        String[] all = Arrays.copyOf(configuration, configuration.length + more.length);
        System.arraycopy(more, 0, all, configuration.length, more.length);
        try (S3ObjectStore store = new S3ObjectStore(new S3SinkConfig(Configurations.sink(all)));
                FileContent content = new FileContent(PART)) {
            content.write(new byte[size]);
            store.put("a/b.avro", content);
        }
    }

    @Test
    void aSmallObjectIsOnePlainRequest() throws IOException {
        put(10);

        assertEquals(List.of("PUT /bucket/a/b.avro 10"), requests);
        Map<String, List<String>> sent = headers.get(0);
        assertTrue(sent.get("Authorization").get(0).contains("/us-west-2/s3/"));
        assertTrue(sent.get("X-amz-content-sha256").get(0).matches("[0-9a-f]{64}"), sent.toString());
        assertTrue(sent.get("User-agent").get(0).endsWith("quantum-s3-sink/" + Version.CURRENT));
        assertFalse(sent.keySet().stream().anyMatch(it -> it.toLowerCase().contains("checksum")), sent.toString());
        assertFalse(sent.containsKey("X-amz-trailer"));
    }

    @Test
    void encryptionAndAclAreAskedFor() throws IOException {
        put(10, "s3.ssea.name", "aws:kms", "s3.sse.kms.key.id", "key", "s3.acl.canned", "bucket-owner-full-control");

        assertEquals(List.of("aws:kms"), headers.get(0).get("X-amz-server-side-encryption"));
        assertEquals(List.of("key"), headers.get(0).get("X-amz-server-side-encryption-aws-kms-key-id"));
        assertEquals(List.of("bucket-owner-full-control"), headers.get(0).get("X-amz-acl"));
    }

    @Test
    void aLargeObjectIsSentInParts() throws IOException {
        put(2 * PART + 1);

        assertEquals(List.of(
                "POST /bucket/a/b.avro?uploads 0",
                "PUT /bucket/a/b.avro?partNumber=1&uploadId=u1 " + PART,
                "PUT /bucket/a/b.avro?partNumber=2&uploadId=u1 " + PART,
                "PUT /bucket/a/b.avro?partNumber=3&uploadId=u1 1"), requests.subList(0, 4));
        assertTrue(requests.get(4).startsWith("POST /bucket/a/b.avro?uploadId=u1 "));
        assertEquals(5, requests.size());
    }

    @Test
    void aPartThatFailsIsSentAgain() throws IOException {
        answers.addAll(List.of(new Answer(200, ""), new Answer(503, "SlowDown"), new Answer(200, "")));
        put(PART + 1);

        assertEquals(requests.get(1), requests.get(2));
        assertEquals(5, requests.size());
    }

    @Test
    void anUploadThatFailsIsAborted() {
        answers.addAll(List.of(new Answer(200, ""), new Answer(500, "InternalError"), new Answer(500, "InternalError")));

        assertThrows(RetriableException.class, () -> put(PART + 1, "s3.part.retries", "1"));
        assertEquals("DELETE /bucket/a/b.avro?uploadId=u1 0", requests.get(requests.size() - 1));
    }

    @Test
    void anUploadThatTheStoreHasForgottenIsSentAnew() {
        answers.addAll(List.of(new Answer(200, ""), new Answer(200, ""), new Answer(200, ""), new Answer(404, "NoSuchUpload"),
                new Answer(404, "NoSuchUpload")));

        assertThrows(RetriableException.class, () -> put(PART + 1, "s3.part.retries", "1"));
    }

    @ParameterizedTest
    @CsvSource({
        "500, InternalError", "503, SlowDown", "429, TooManyRequests", "408, RequestTimeout", "400, RequestTimeout",
        "403, RequestTimeTooSkewed",
    })
    void whatMayPassIsTriedAgainLater(int status, String code) {
        answers.addAll(List.of(new Answer(status, code), new Answer(status, code), new Answer(status, code)));

        assertThrows(RetriableException.class, () -> put(10, "s3.part.retries", "2"));
        assertEquals(3, requests.size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "403 | AccessDenied  | HTTP 403 AccessDenied; check the keys and the bucket's policy",
        "404 | NoSuchBucket  | HTTP 404 NoSuchBucket; check that the bucket exists",
        "400 | InvalidDigest | HTTP 400 InvalidDigest",
    })
    void refusalsFailTheTaskAfterTheRetries(int status, String code, String told) {
        answers.addAll(List.of(new Answer(status, code), new Answer(status, code), new Answer(status, code)));

        ConnectException e = assertThrows(ConnectException.class, () -> put(10, "s3.part.retries", "2"));
        assertEquals("the store refuses s3://bucket/a/b.avro: " + told, e.getMessage());
        assertFalse(e instanceof RetriableException);
        assertEquals(3, requests.size());
    }

    @Test
    void aStoreThatIsNotThereIsTriedAgainLater() {
        server.stop(0);

        assertTrue(assertThrows(RetriableException.class, () -> put(10)).getMessage()
                .startsWith("the store cannot take s3://bucket/a/b.avro now: "));
    }
}
