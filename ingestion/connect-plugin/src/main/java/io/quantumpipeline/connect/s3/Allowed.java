/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.net.URI;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** Refusals of one line: what was given, and what is allowed. */
final class Allowed {

    static final ConfigDef.Validator NOT_EMPTY = ConfigDef.LambdaValidator.with((name, value) -> {
        boolean empty = value instanceof String text && text.isBlank() || value instanceof List<?> list && list.isEmpty();
        if (empty) {
            throw new ConfigException(name + ": nothing given; it must not be empty");
        }
    }, () -> "not empty");

    /** As many edits turn one name into another, at most, for the one to be taken as a misspelling of the other. */
    private static final int MAX_EDITS = 3;

    private Allowed() {
    }

    /** One of the given values. What could not be read as a value at all (null) was told of before. */
    static ConfigDef.Validator of(String... values) {
        List<String> allowed = List.of(values);
        return ConfigDef.LambdaValidator.with((name, value) -> {
            if (value != null) {
                problem(name, value.toString(), allowed).ifPresent(it -> {
                    throw new ConfigException(it);
                });
            }
        }, () -> String.join(", ", allowed));
    }

    /** A whole number that is not smaller than the given one. */
    static ConfigDef.Validator atLeast(long smallest) {
        return ConfigDef.LambdaValidator.with((name, value) -> {
            if (value != null && ((Number) value).longValue() < smallest) {
                throw new ConfigException("%s: %s given; allowed: %d or more".formatted(name, value, smallest));
            }
        }, () -> smallest + " or more");
    }

    /** An {@code http} or {@code https} address, or nothing. */
    static ConfigDef.Validator httpUrl() {
        return ConfigDef.LambdaValidator.with((name, value) -> {
            if (value != null) {
                httpUrl(name, (String) value);
            }
        }, () -> "http://… or https://…");
    }

    /** The address, taken apart. */
    static URI httpUrl(String name, String given) {
        URI uri;
        try {
            uri = URI.create(given.strip());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(name + ": not an address; allowed: http://… or https://…");
        }
        if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme())) {
            String shown = given.replaceAll("//[^/@]*@", "//…@"); // no login in a message
            throw new ConfigException("%s: '%s' given; allowed: http://… or https://… with a host".formatted(name, shown));
        }
        return uri;
    }

    /** What is wrong with a value that must be one of some; nothing where it is. */
    static Optional<String> problem(String name, String value, Collection<String> allowed) {
        if (allowed.contains(value)) {
            return Optional.empty();
        }
        return Optional.of("%s: '%s' given; allowed: %s".formatted(name, value, String.join(", ", new TreeSet<>(allowed))));
    }

    /** What to say of a name that nobody knows: the known name that it may have meant, where one is near. */
    static String unknown(String name, Collection<String> known) {
        String nearest = known.stream().min(Comparator.comparingInt(it -> edits(name, it))).orElseThrow();
        return edits(name, nearest) <= MAX_EDITS ? unknown(name, nearest) : "unknown property '%s'".formatted(name);
    }

    /** What to say of a name that nobody knows, where we know what it stands for. */
    static String unknown(String name, String meant) {
        return "unknown property '%s'; did you mean '%s'?".formatted(name, meant);
    }

    /** Levenshtein's distance. */
    private static int edits(String one, String other) {
        int[] previous = new int[other.length() + 1];
        Arrays.setAll(previous, it -> it);
        for (int row = 1; row <= one.length(); row++) {
            int[] current = new int[other.length() + 1];
            current[0] = row;
            for (int column = 1; column <= other.length(); column++) {
                int replaced = previous[column - 1] + (one.charAt(row - 1) == other.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, 1 + Math.min(previous[column], current[column - 1]));
            }
            previous = current;
        }
        return previous[other.length()];
    }
}
