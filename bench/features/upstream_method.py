"""The incremental processing that the system specification prints (section 5, steps 2 to 6), in a few lines.

For each topic, all files are read by `spark.read.format("avro")` (steps 2 and 4), and nine DataFrames made of them. Of
each, the rows are found whose keys the table lacks, by `identify_new_records` (step 3); they are counted and appended
through Iceberg (step 5), and the new snapshot is tagged (step 6).

Where the specification does not say, this is in the method's favour: what was read is cached in memory, as the
published job does; an experiment keeps its identity (`run_id`, in v1 a cheap hash), so that the comparison finds it;
ids are by position; and there are fewer columns than in our tables.
"""

import uuid
from collections import Counter
from collections.abc import Mapping

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  # as all call it

NAMESPACE = "quantum_catalog.quantum_features"
STAMP = ("processing_timestamp", "processing_date", "processing_batch_id", "processing_name")
PARTITIONS = 4
KEYS: Mapping[str, list[str]] = {
    "molecules": ["experiment_id", "molecule_id"],
    "ansatz_info": ["experiment_id", "molecule_id"],
    "performance_metrics": ["experiment_id", "molecule_id", "basis_set"],
    "vqe_results": ["experiment_id", "molecule_id", "basis_set"],
    "initial_parameters": ["parameter_id"],
    "optimal_parameters": ["parameter_id"],
    "vqe_iterations": ["iteration_id"],
    "iteration_parameters": ["parameter_id"],
    "hamiltonian_terms": ["term_id"],
}
PARTITIONED_BY: Mapping[str, list[str]] = {
    "molecules": ["processing_date"],
    **dict.fromkeys(KEYS.keys() - {"molecules"}, ["processing_date", "basis_set"]),
    **dict.fromkeys(
        ["vqe_results", "vqe_iterations", "hamiltonian_terms"], ["processing_date", "basis_set", "backend"]
    ),
}


def process_all(spark: SparkSession, landing: str) -> Mapping[str, int]:
    """Process every topic; the rows that were added to each table."""
    added: Counter[str] = Counter()
    for topic in list_available_topics(spark, landing):
        read = spark.read.format("avro").option("recursiveFileLookup", "true").option("pathGlobFilter", "*.avro")
        experiments = read.load(f"{landing}/{topic}").repartition(PARTITIONS).cache()
        batch_id = str(uuid.uuid4())
        for name, rows in transform_quantum_data(add_metadata_columns(experiments, batch_id)).items():
            added[name] += process_incremental_data(spark, rows, name)
        experiments.unpersist()
    return added


def list_available_topics(spark: SparkSession, landing: str) -> list[str]:
    """The folders below the landing root."""
    jvm = spark._jvm
    path = jvm.org.apache.hadoop.fs.Path(landing)  # type: ignore[union-attr]
    filesystem = path.getFileSystem(spark._jsc.hadoopConfiguration())
    return sorted(item.getPath().getName() for item in filesystem.listStatus(path) if item.isDirectory())


def add_metadata_columns(experiments: DataFrame, batch_id: str) -> DataFrame:
    """Identity and stamp of each experiment."""
    versioned = "run_id" in experiments.columns
    identity = F.col("run_id") if versioned else F.hex(F.xxhash64(*experiments.columns))
    return (
        experiments.withColumn("experiment_id", identity)
        .withColumn("processing_timestamp", F.current_timestamp())
        .withColumn("processing_date", F.current_date())
        .withColumn("processing_batch_id", F.lit(batch_id))
        .withColumn("processing_name", F.lit("quantum_base_processing"))
    )


def transform_quantum_data(base: DataFrame) -> dict[str, DataFrame]:
    """The nine feature tables."""
    initial, steps = "vqe_result.initial_data", "vqe_result.iteration_list"
    identity, basis = ["experiment_id", "molecule_id"], ["experiment_id", "molecule_id", "basis_set"]
    backend = F.col(f"{initial}.backend").alias("backend")
    step = base.select(*basis, backend, F.explode(steps).alias("step"), *STAMP).withColumn(
        "iteration_id", _id("_iter_", "step.iteration")
    )
    return {
        "molecules": base.select(*identity, "molecule.*", *STAMP),
        "ansatz_info": base.select(*basis, f"{initial}.ansatz", f"{initial}.ansatz_reps", *STAMP),
        "performance_metrics": base.select(
            *basis,
            *("hamiltonian_time", "mapping_time", "vqe_time", "total_time", "vqe_result.minimization_time"),
            *STAMP,
        ),
        "vqe_results": base.select(
            *basis,
            *(f"{initial}.{name}" for name in ("backend", "num_qubits", "optimizer", "noise_backend", "ansatz_reps")),
            F.col("vqe_result.minimum").alias("minimum_energy"),
            F.size(steps).alias("total_iterations"),
            *STAMP,
        ),
        "initial_parameters": base.select(
            *basis, F.posexplode(f"{initial}.initial_parameters").alias("parameter_index", "value"), *STAMP
        ).withColumn("parameter_id", _id("_init_", "parameter_index")),
        "optimal_parameters": base.select(
            *basis, F.posexplode("vqe_result.optimal_parameters").alias("parameter_index", "value"), *STAMP
        ).withColumn("parameter_id", _id("_opt_", "parameter_index")),
        "vqe_iterations": step.select(
            "iteration_id",
            *basis,
            "backend",
            F.col("step.iteration").alias("iteration_step"),
            F.col("step.result").alias("iteration_energy"),
            F.col("step.std").alias("energy_std_dev"),
            *STAMP,
        ),
        "iteration_parameters": step.select(
            "iteration_id",
            *basis,
            F.col("step.iteration").alias("iteration_step"),
            F.posexplode("step.parameters").alias("parameter_index", "parameter_value"),
            *STAMP,
        ).withColumn("parameter_id", F.concat("iteration_id", F.lit("_param_"), F.col("parameter_index"))),
        "hamiltonian_terms": base.select(
            *basis, backend, F.posexplode(f"{initial}.hamiltonian").alias("position", "term"), *STAMP
        ).select(
            _id("_term_", "position").alias("term_id"),
            *basis,
            "backend",
            F.col("term.label").alias("term_label"),
            F.col("term.coefficients.real").alias("coeff_real"),
            F.col("term.coefficients.imaginary").alias("coeff_imag"),
            *STAMP,
        ),
    }


def _id(kind: str, number: str) -> Column:
    return F.concat("experiment_id", F.lit(kind), F.col(number))


def identify_new_records(spark: SparkSession, rows: DataFrame, name: str) -> DataFrame:
    """The rows whose keys the table does not hold, as the specification's step 3 finds them."""
    keys = KEYS[name]
    existing = spark.sql(f"SELECT DISTINCT {', '.join(keys)} FROM {NAMESPACE}.{name}")  # noqa: S608
    if existing.isEmpty():
        return rows
    marked = rows.select(*keys).distinct().withColumn("is_new", F.lit(1))
    joined = marked.join(existing.withColumn("exists", F.lit(1)), on=keys, how="left")
    return rows.join(joined.filter(F.col("exists").isNull()).select(*keys), on=keys, how="inner")


def process_incremental_data(spark: SparkSession, rows: DataFrame, name: str) -> int:
    """Create the table, or append what is new to it; tag the snapshot; the rows that were added."""
    table = f"{NAMESPACE}.{name}"
    if not spark.catalog.tableExists(table):
        writer = rows.write.format("iceberg").option("write-format", "parquet").partitionBy(*PARTITIONED_BY[name])
        writer.mode("overwrite").saveAsTable(table)
        count = rows.count()
    else:
        new = identify_new_records(spark, rows, name)
        count = new.count()
        if count == 0:
            return 0
        new.write.format("iceberg").option("write-format", "parquet").mode("append").saveAsTable(table)
    newest = f"SELECT snapshot_id FROM {table}.snapshots ORDER BY committed_at DESC LIMIT 1"  # noqa: S608
    batch_id = rows.limit(1).collect()[0]["processing_batch_id"].replace("-", "")
    spark.sql(f"ALTER TABLE {table} CREATE TAG v_{batch_id} AS OF VERSION {spark.sql(newest).collect()[0][0]}")
    return count
