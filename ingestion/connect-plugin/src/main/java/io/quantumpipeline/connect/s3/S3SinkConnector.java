/*
 * SPDX-License-Identifier: Apache-2.0
 */

package io.quantumpipeline.connect.s3;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/** Writes Avro messages, byte for byte, into S3 objects: in the place of Confluent's S3 sink, with its properties. */
public final class S3SinkConnector extends SinkConnector {

    private Map<String, String> properties = Map.of();

    @Override
    public String version() {
        return Version.CURRENT;
    }

    @Override
    public ConfigDef config() {
        return S3SinkConfig.DEFINITION;
    }

    /** Tells all that is wrong at once, names that nobody knows among it. */
    @Override
    public Config validate(Map<String, String> given) {
        Map<String, ConfigValue> values = new LinkedHashMap<>();
        super.validate(given).configValues().forEach(it -> values.put(it.name(), it));
        S3SinkConfig.problems(given).forEach((name, problem) ->
                values.computeIfAbsent(name, ConfigValue::new).addErrorMessage(problem));
        return new Config(new ArrayList<>(values.values()));
    }

    @Override
    public void start(Map<String, String> given) {
        properties = Map.copyOf(given);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return S3SinkTask.class;
    }

    /** All tasks are alike: Kafka shares the partitions out among them. */
    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return Collections.nCopies(maxTasks, properties);
    }

    @Override
    public void stop() {
        properties = Map.of();
    }
}
