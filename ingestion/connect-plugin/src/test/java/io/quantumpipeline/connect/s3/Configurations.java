/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.util.HashMap;
import java.util.Map;

/** Configurations to begin from. */
final class Configurations {

    private Configurations() {
    }

    /** The least that the sink needs, and what the arguments add or replace: name, value, name, value… */
    static Map<String, String> sink(String... more) {
        Map<String, String> properties = new HashMap<>(Map.of("s3.bucket.name", "bucket", "flush.size", "1"));
        for (int at = 0; at < more.length; at += 2) {
            properties.put(more[at], more[at + 1]);
        }
        return properties;
    }
}
