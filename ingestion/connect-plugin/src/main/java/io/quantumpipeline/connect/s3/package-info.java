/*
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * A Kafka Connect sink that writes Avro messages, byte for byte, into S3 objects.
 *
 * <p>A message's way: {@link io.quantumpipeline.connect.s3.AvroWireConverter} asks the registry for the writer's schema
 * and checks that the body decodes with it; {@link io.quantumpipeline.connect.s3.S3SinkTask} gives it to the
 * {@link io.quantumpipeline.connect.s3.PartitionWriter} of its partition, which appends it to an
 * {@link io.quantumpipeline.connect.s3.OpenFile} and, when that is full, puts the file into the
 * {@link io.quantumpipeline.connect.s3.ObjectStore} under an {@link io.quantumpipeline.connect.s3.ObjectName}.
 */
package io.quantumpipeline.connect.s3;
