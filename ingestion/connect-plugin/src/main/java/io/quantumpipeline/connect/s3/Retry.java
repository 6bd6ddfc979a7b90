/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.connect.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Does a request to the store again where it failed, with pauses that double.
 *
 * <p>Refusals are tried again too: a bucket may be in the making, a policy on its way. No try begins later than a minute
 * after the first: Kafka takes a consumer's partitions away when it is silent for five.
 *
 * @param times   how often, beyond the first
 * @param backoff the first pause
 */
record Retry(int times, Duration backoff) {

    private static final Logger log = LoggerFactory.getLogger(Retry.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    <T> T call(String what, Supplier<T> request) {
        long begin = System.nanoTime();
        Duration pause = shorter(backoff, LONGEST_PAUSE);
        for (int failures = 0; ; failures++) {
            try {
                return request.get();
            } catch (SdkException e) {
                boolean tooLate = System.nanoTime() - begin + pause.toNanos() > LONGEST.toNanos();
                if (failures >= times || tooLate) {
                    throw e;
                }
                log.info("{} failed, again in {} ms: {}", what, pause.toMillis(), e.getMessage());
                sleep(pause);
                pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE);
            }
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetriableException("interrupted between two requests to the store", e);
        }
    }
}
