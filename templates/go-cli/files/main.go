// The tool's start: its exit code is 1 where it fails.
package main

import "os"

func main() {
	if err := newCommand().Execute(); err != nil {
		os.Exit(1)
	}
}
