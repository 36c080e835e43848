package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// newCommand is the command line: what it takes, and how it answers.
func newCommand() *cobra.Command {
	var count int
	var asJSON bool
	command := &cobra.Command{
		Use:          "largest [folder]",
		Short:        "{{ title }}.",
		Example:      "  largest --count 3 .\n  largest --json . | jq",
		Version:      "0.1.0",
		Args:         cobra.MaximumNArgs(1),
		SilenceUsage: true,
		RunE: func(command *cobra.Command, args []string) error {
			if count < 1 {
				return fmt.Errorf("--count must be at least 1, not %d", count)
			}
			folder := "."
			if len(args) > 0 {
				folder = args[0]
			}
			found, err := largest(os.DirFS(folder), count)
			if err != nil {
				return fmt.Errorf("%s: %w", folder, err)
			}
			if asJSON {
				return json.NewEncoder(command.OutOrStdout()).Encode(found)
			}
			return show(command.OutOrStdout(), found)
		},
	}
	command.Flags().IntVarP(&count, "count", "n", 10, "how many files to name")
	command.Flags().BoolVar(&asJSON, "json", false, "answer as JSON, for a script")
	return command
}

// show writes a line for each file, its size first.
func show(to io.Writer, found []file) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, one := range found {
		fmt.Fprintf(table, "%s\t  %s\n", size(one.Size), one.Path)
	}
	return table.Flush()
}

// size is a number of bytes as a person reads it: `640 bytes`, `3.2 MiB`.
func size(bytes int64) string {
	if bytes < 1024 {
		return fmt.Sprintf("%d bytes", bytes)
	}
	amount, units := float64(bytes)/1024, []string{"KiB", "MiB", "GiB", "TiB"}
	for amount >= 1024 && len(units) > 1 {
		amount, units = amount/1024, units[1:]
	}
	return fmt.Sprintf("%.1f %s", amount, units[0])
}
