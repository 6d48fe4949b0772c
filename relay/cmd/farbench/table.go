package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// table prints rows in columns, each as wide as its longest cell; the last one
// ends where it ends. colour may choose a cell's colour, or be nil.
func table(out *terminal, indent string, rows [][]string, colour func(row, column int) string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for r, row := range rows {
		io.WriteString(out, indent)
		for i, cell := range row {
			padding := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2)
			if i == len(row)-1 {
				padding = ""
			}
			if colour != nil {
				cell = out.paint(colour(r, i), cell)
			}
			fmt.Fprint(out, cell, padding)
		}
		fmt.Fprintln(out)
	}
}

// clean takes what a bench wrote of itself, or a command's text, to one line
// that cannot steer a terminal.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, text)
}
