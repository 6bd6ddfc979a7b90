/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** This plugin's version, as the build wrote it into the jar. */
final class Version {

    static final String CURRENT = read();

    private Version() {
    }

    private static String read() {
        try (InputStream resource = Version.class.getResourceAsStream("VERSION")) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
