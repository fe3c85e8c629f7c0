# memory.awk - MiB that a step may need: awk -v stage=STAGE -v run=NAME -v nets=... -f cost.awk -f memory.awk
BEGIN {
	print memory(stage, run)
}
