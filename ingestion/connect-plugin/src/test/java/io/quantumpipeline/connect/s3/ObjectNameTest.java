/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ObjectNameTest {

    private static final ObjectName NAME = new ObjectName("vqe_decorated_result_v1", 2, 17);

    @Test
    void theSpecificationsExample() {
        ObjectName.Layout layout = new ObjectName.Layout("experiments", "/", "+", 10);

        assertEquals("experiments/vqe_decorated_result_v1/partition=2/vqe_decorated_result_v1+2+0000000017.avro",
                NAME.key(layout));
    }

    @Test
    void delimitersAndWidth() {
        ObjectName.Layout layout = new ObjectName.Layout("a/b", "|", "-", 3);

        assertEquals("a/b|vqe_decorated_result_v1|partition=2|vqe_decorated_result_v1-2-017.avro", NAME.key(layout));
    }

    @Test
    void noPrefixAndNoPadding() {
        ObjectName.Layout layout = new ObjectName.Layout("", "/", "+", 0);

        assertEquals("vqe_decorated_result_v1/partition=2/vqe_decorated_result_v1+2+17.avro", NAME.key(layout));
    }

    @Test
    void anOffsetOfMoreDigitsIsWhole() {
        ObjectName.Layout layout = new ObjectName.Layout("t", "/", "+", 10);

        assertEquals("t/x/partition=0/x+0+9223372036854775807.avro",
                new ObjectName("x", 0, Long.MAX_VALUE).key(layout));
    }
}
