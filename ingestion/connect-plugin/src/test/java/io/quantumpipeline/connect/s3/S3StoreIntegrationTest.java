/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Against a real store: S3_TEST_ENDPOINT, with S3_TEST_ACCESS_KEY and S3_TEST_SECRET_KEY, that may make buckets. */
@EnabledIfEnvironmentVariable(named = "S3_TEST_ENDPOINT", matches = ".+")
class S3StoreIntegrationTest {

    private static final String ENDPOINT = System.getenv("S3_TEST_ENDPOINT");
    private static final String ACCESS_KEY = System.getenv("S3_TEST_ACCESS_KEY");
    private static final String SECRET_KEY = System.getenv("S3_TEST_SECRET_KEY");
    private static final int PART = 5 * 1024 * 1024;

    private final String bucket = "plugin-test-" + Long.toHexString(System.nanoTime());
    private S3Client client;

    @BeforeEach
    void makeBucket() {
        client = S3Client.builder()
                .endpointOverride(URI.create(ENDPOINT))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
        client.createBucket(it -> it.bucket(bucket));
    }

    @AfterEach
    void removeBucket() {
        keys().forEach(key -> client.deleteObject(it -> it.bucket(bucket).key(key)));
        client.deleteBucket(it -> it.bucket(bucket));
        client.close();
    }

    private List<String> keys() {
        return client.listObjectsV2(it -> it.bucket(bucket)).contents().stream().map(S3Object::key).toList();
    }

    private void put(String key, byte[] bytes, String... more) throws IOException {
        List<String> configuration = new ArrayList<>(List.of("store.url", ENDPOINT, "s3.region", "us-east-1",
                "s3.bucket.name", bucket, "aws.access.key.id", ACCESS_KEY, "aws.secret.access.key", SECRET_KEY,
                "s3.part.size", Integer.toString(PART), "s3.retry.backoff.ms", "1"));
        configuration.addAll(List.of(more));
        Map<String, String> properties = Configurations.sink(configuration.toArray(String[]::new));
        try (S3ObjectStore store = new S3ObjectStore(new S3SinkConfig(properties));
                FileContent content = new FileContent(PART)) {
            content.write(bytes);
            store.put(key, content);
        }
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, PART, PART + 1, 2 * PART, 2 * PART + 17})
    void whatIsPutIsThere(int size) throws IOException {
        String key = "experiments/t/partition=0/t+0+0000000000.avro";
        put(key, bytes(size));

        assertArrayEquals(bytes(size), client.getObjectAsBytes(it -> it.bucket(bucket).key(key)).asByteArray());
        assertEquals(List.of(key), keys());
        assertTrue(client.listMultipartUploads(it -> it.bucket(bucket)).uploads().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void puttingAgainReplaces(String expectContinue) throws IOException {
        put("a", bytes(10), "s3.http.send.expect.continue", expectContinue);
        put("a", bytes(PART + 5), "s3.http.send.expect.continue", expectContinue);
        put("a", bytes(20), "s3.http.send.expect.continue", expectContinue);

        assertArrayEquals(bytes(20), client.getObjectAsBytes(it -> it.bucket(bucket).key("a")).asByteArray());
    }

    @Test
    void manySmallObjectsTakeMillisecondsEach() throws IOException {
        Map<String, String> properties = Configurations.sink("store.url", ENDPOINT, "s3.region", "us-east-1",
                "s3.bucket.name", bucket, "aws.access.key.id", ACCESS_KEY, "aws.secret.access.key", SECRET_KEY);
        int count = 200;
        long begin = System.nanoTime();
        try (S3ObjectStore store = new S3ObjectStore(new S3SinkConfig(properties))) {
            for (int at = 0; at < count; at++) {
                try (FileContent content = new FileContent(PART)) {
                    content.write(bytes(20_000));
                    store.put("many/" + at, content);
                }
            }
        }
        long milliseconds = (System.nanoTime() - begin) / 1_000_000;
        assertTrue(milliseconds / count < 500, milliseconds + " ms for " + count);
    }

    @Test
    void refusals() {
        String noBucket = assertThrows(ConnectException.class,
                () -> put("a", bytes(10), "s3.bucket.name", bucket + "-x")).getMessage();
        String wrongSecret = assertThrows(ConnectException.class,
                () -> put("a", bytes(10), "aws.secret.access.key", "wrong")).getMessage();
        String largeNoBucket = assertThrows(ConnectException.class,
                () -> put("a", bytes(PART + 1), "s3.bucket.name", bucket + "-x")).getMessage();

        assertTrue(noBucket.endsWith("HTTP 404 NoSuchBucket; check that the bucket exists"), noBucket);
        assertTrue(largeNoBucket.endsWith("HTTP 404 NoSuchBucket; check that the bucket exists"), largeNoBucket);
        assertTrue(wrongSecret.contains("HTTP 403 SignatureDoesNotMatch; check the keys"), wrongSecret);
        for (String told : Arrays.asList(noBucket, wrongSecret)) {
            assertFalse(told.contains("\n"));
        }
    }

    @Test
    void anEndpointThatIsNotThere() {
        assertThrows(RetriableException.class, () -> put("a", bytes(10), "store.url", "http://127.0.0.1:1"));
    }
}
