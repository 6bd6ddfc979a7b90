/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;

/** Where finished files go. */
interface ObjectStore extends AutoCloseable {

    /**
     * Puts a whole object in the place of whatever has its key. When this returns, the object is durable. When it
     * throws, readers see the whole new object or what was there before, never a part.
     *
     * @throws RetriableException where the store cannot be reached or cannot serve now: the same call may succeed later
     * @throws ConnectException   where the store says no: a person must change something first
     */
    void put(String key, FileContent content);

    @Override
    void close();
}
