package main

import (
	"cmp"
	"io/fs"
	"slices"
)

type file struct {
	Path string `json:"path"`
	Size int64  `json:"size"`
}

// largest finds the largest regular files in a tree, the largest first, at most `count` of them.
func largest(tree fs.FS, count int) ([]file, error) {
	found := []file{}
	err := fs.WalkDir(tree, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		found = append(found, file{path, info.Size()})
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b file) int {
		return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.Path, b.Path))
	})
	return found[:min(count, len(found))], nil
}
