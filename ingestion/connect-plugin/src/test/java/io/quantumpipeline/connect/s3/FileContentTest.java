/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FileContentTest {

    @Test
    void staysInMemoryUpToItsLimit() throws IOException {
        try (FileContent content = new FileContent(4)) {
            content.write(new byte[] {1, 2, 3});
            content.write(4);

            assertFalse(content.isOnDisk());
            assertArrayEquals(new byte[] {1, 2, 3, 4}, content.read(0, 4));
        }
    }

    @Test
    void holdsTheSameBytesOnDisk() throws IOException {
        Random random = new Random(1);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        try (FileContent content = new FileContent(1000)) {
            while (content.size() < 20_000) {
                byte[] piece = new byte[random.nextInt(700)];
                random.nextBytes(piece);
                content.write(piece);
                expected.write(piece);
            }

            assertTrue(content.isOnDisk());
            assertEquals(expected.size(), content.size());
            assertArrayEquals(expected.toByteArray(), content.read(0, expected.size()));
            assertArrayEquals(Arrays.copyOfRange(expected.toByteArray(), 777, 5777), content.read(777, 5000));
        }
    }

    @Test
    void readingPastTheEndIsAnError() throws IOException {
        try (FileContent content = new FileContent(1)) {
            content.write(new byte[] {1, 2, 3});

            assertEquals("2 bytes wanted from byte 2, 1 there",
                    assertThrows(IOException.class, () -> content.read(2, 2)).getMessage());
        }
    }
}
