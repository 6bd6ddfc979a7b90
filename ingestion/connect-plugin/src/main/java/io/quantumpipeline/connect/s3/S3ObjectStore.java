/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Any store that speaks S3.
 *
 * <p>An object up to {@code s3.part.size} goes in one request, a larger one as a multipart upload, which readers see
 * only when it is complete. Bodies are sent plainly, with their SHA-256 in the signature where the connection is not
 * TLS: the newer checksum trailers are refused by older stores.
 */
final class S3ObjectStore implements ObjectStore {

    private static final Logger log = LoggerFactory.getLogger(S3ObjectStore.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(30);
    private static final int S3_MOST_PARTS = 10_000;

    private final S3SinkConfig config;
    private final Retry retry;
    private final S3Client s3;

    S3ObjectStore(S3SinkConfig config) {
        this.config = config;
        this.retry = config.storeRetry();
        this.s3 = client(config);
    }

    @Override
    public void put(String key, FileContent content) {
        try {
            if (content.size() <= config.partSize()) {
                putWhole(key, content);
            } else {
                putInParts(key, content);
            }
        } catch (SdkException e) {
            throw translated(key, e);
        } catch (IOException e) {
            throw new ConnectException("cannot read the file that is to be %s: %s".formatted(key, e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        s3.close();
    }

    private void putWhole(String key, FileContent content) throws IOException {
        PutObjectRequest.Builder request = PutObjectRequest.builder().bucket(config.bucket()).key(key);
        config.cannedAcl().ifPresent(request::acl);
        config.encryption().ifPresent(request::serverSideEncryption);
        config.encryptionKeyId().ifPresent(request::ssekmsKeyId);
        RequestBody body = RequestBody.fromBytes(content.read(0, Math.toIntExact(content.size())));
        retry.call("putting " + key, () -> s3.putObject(request.build(), body));
    }

    private void putInParts(String key, FileContent content) throws IOException {
        int partSize = config.partSize();
        if (content.size() > (long) partSize * S3_MOST_PARTS) {
            throw new ConnectException("%s has %d bytes, more than %d parts of %s=%d; raise that, or lower %s".formatted(
                    key, content.size(), S3_MOST_PARTS, S3SinkConfig.PART_SIZE, partSize, S3SinkConfig.FLUSH_SIZE));
        }
        CreateMultipartUploadRequest.Builder request =
                CreateMultipartUploadRequest.builder().bucket(config.bucket()).key(key);
        config.cannedAcl().ifPresent(request::acl);
        config.encryption().ifPresent(request::serverSideEncryption);
        config.encryptionKeyId().ifPresent(request::ssekmsKeyId);
        String upload = retry.call("beginning " + key, () -> s3.createMultipartUpload(request.build())).uploadId();
        boolean complete = false;
        try {
            List<CompletedPart> parts = new ArrayList<>();
            for (long from = 0; from < content.size(); from += partSize) {
                int length = (int) Math.min(partSize, content.size() - from);
                parts.add(putPart(key, upload, parts.size() + 1, content.read(from, length)));
            }
            retry.call("completing " + key, () -> s3.completeMultipartUpload(
                    it -> it.bucket(config.bucket()).key(key).uploadId(upload).multipartUpload(all -> all.parts(parts))));
            complete = true;
        } catch (NoSuchUploadException e) {
            // It may have been completed by a request whose answer was lost: the whole object is sent once more.
            throw new RetriableException("the store has lost the upload of " + key, e);
        } finally {
            if (!complete) {
                abort(key, upload);
            }
        }
    }

    private CompletedPart putPart(String key, String upload, int number, byte[] bytes) {
        RequestBody body = RequestBody.fromBytes(bytes);
        String tag = retry.call("putting part %d of %s".formatted(number, key), () -> s3.uploadPart(
                it -> it.bucket(config.bucket()).key(key).uploadId(upload).partNumber(number), body)).eTag();
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    /** Lets the store forget the parts, which cost room and are seen by nobody; one try, for the failure matters more. */
    private void abort(String key, String upload) {
        try {
            s3.abortMultipartUpload(it -> it.bucket(config.bucket()).key(key).uploadId(upload));
        } catch (SdkException e) {
            log.warn("the parts of {} stay in the store (upload {}): {}", key, upload, e.getMessage());
        }
    }

    private ConnectException translated(String key, SdkException e) {
        String where = "s3://%s/%s".formatted(config.bucket(), key);
        if (e instanceof S3Exception answer && isRefusal(answer)) {
            String code = answer.awsErrorDetails() == null ? "" : " " + answer.awsErrorDetails().errorCode();
            return new ConnectException("the store refuses %s: HTTP %d%s%s".formatted(
                    where, answer.statusCode(), code, advice(answer.statusCode())), e);
        }
        return new RetriableException("the store cannot take %s now: %s".formatted(where, e.getMessage()), e);
    }

    private static boolean isRefusal(S3Exception answer) {
        int status = answer.statusCode();
        boolean mayPass = status == 408 || status == 429 || answer.isThrottlingException() || answer.isClockSkewException()
                || answer.awsErrorDetails() != null && "RequestTimeout".equals(answer.awsErrorDetails().errorCode());
        return status >= 300 && status < 500 && !mayPass;
    }

    private static String advice(int status) {
        return switch (status) {
            case 403 -> "; check the keys and the bucket's policy";
            case 404 -> "; check that the bucket exists";
            default -> "";
        };
    }

    private static S3Client client(S3SinkConfig config) {
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.of(config.region()))
                .credentialsProvider(credentials(config))
                .forcePathStyle(config.usesPathStyle())
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(S3Configuration.builder()
                        .chunkedEncodingEnabled(false)
                        .expectContinueEnabled(config.sendsExpectContinue())
                        .build())
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT_TIMEOUT)
                        .socketTimeout(SOCKET_TIMEOUT))
                .overrideConfiguration(it -> it
                        .retryStrategy(AwsRetryStrategy.doNotRetry()) // Retry does, as the properties say
                        .putAdvancedOption(SdkAdvancedClientOption.USER_AGENT_SUFFIX, "quantum-s3-sink/" + Version.CURRENT));
        config.storeUrl().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    private static AwsCredentialsProvider credentials(S3SinkConfig config) {
        return config.accessKey()
                .<AwsCredentialsProvider>map(key ->
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(key.id(), key.secret())))
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
    }
}
