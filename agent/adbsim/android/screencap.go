package android

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strconv"
	"strings"

	"github.com/farbench/farbench/agent/adbsim/machine"
)

// screencap is screencap [-p] [-d PHYSICAL] [FILE]: what a display shows, on
// standard output or in a file.
func (s *System) screencap(p *machine.Proc, args []string) int {
	set, rest := options(args[1:], "-d")
	_, asPNG := set["-p"]
	if _, help := set["-h"]; help || len(rest) > 1 {
		p.Errorf("usage: screencap [-ahp] [-d display-id] [FILENAME]\n   -h: this message\n   -d: specify the display ID to capture\n       see \"dumpsys SurfaceFlinger --display-id\" for valid display IDs.\n   -p: outputs in png format.\n\nIf FILENAME ends with .png it will be saved as a png.\nIf FILENAME is not given, the results will be printed to stdout.\n")
		return 1
	}
	displays := s.model.Displays
	if len(displays) == 0 {
		p.Errorf("Failed to get ID for any displays.\n")
		return 1
	}
	d := displays[0]
	if text, given := set["-d"]; given {
		id, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			p.Errorf("Invalid display ID: Out of range [0, 2^64).\n")
			return 1
		}
		at := slices.IndexFunc(displays, func(d Display) bool { return d.Physical == id })
		if at < 0 {
			p.Errorf("Failed to take screenshot. Status: -22\nCapturing failed.\n")
			return 1
		}
		d = displays[at]
	} else if len(displays) > 1 {
		p.Errorf("[Warning] Multiple displays were found, but no display id was specified! Defaulting to the first display found, " +
			"however this default is not guaranteed to be consistent across captures. A display id should be specified.\n" +
			"A display ID can be specified with the [-d display-id] option.\n" +
			"See \"dumpsys SurfaceFlinger --display-id\" for valid display IDs.\n")
	}
	picture := s.picture(d)
	name := ""
	if len(rest) == 1 {
		name = rest[0]
	}
	var data []byte
	if asPNG || strings.HasSuffix(name, ".png") {
		data = encode(picture)
	} else {
		data = raw(picture)
	}
	if name == "" {
		_, err := p.Stdout().Write(data)
		if err != nil {
			return 1
		}
		return 0
	}
	if err := writeFile(p, name, data); err != nil {
		p.Errorf("Error opening file: %s (%s)\nSaving image failed.\n", name, machine.Reason(err))
		return 1
	}
	return 0
}

// picture draws what a display shows: its background in the theme's colour, a
// bar, the app in front as a card in its own colour, and its number and size
// in digits. The same state gives the same picture.
func (s *System) picture(d Display) *image.Paletted {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh()
	front := s.resumed[d.Logical]
	h := fnv.New32a()
	_, _ = h.Write([]byte(front))
	hue := h.Sum32()
	palette := color.Palette{color.RGBA{0xee, 0xf1, 0xf5, 0xff}, color.RGBA{0xd5, 0xdb, 0xe3, 0xff}, color.RGBA{0x1c, 0x22, 0x2b, 0xff}}
	if s.dark() {
		palette = color.Palette{color.RGBA{0x10, 0x14, 0x1a, 0xff}, color.RGBA{0x22, 0x29, 0x33, 0xff}, color.RGBA{0xe8, 0xec, 0xf1, 0xff}}
	}
	palette = append(palette, color.RGBA{byte(64 + hue%128), byte(64 + hue>>8%128), byte(64 + hue>>16%128), 0xff})
	width, height := s.size(d)
	if s.car.power != "ON" { // dark: nothing is shown
		return image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.RGBA{A: 0xff}})
	}
	img := image.NewPaletted(image.Rect(0, 0, width, height), palette)
	bar := height / 14
	fill(img, 0, 0, width, bar, 1)
	if front != "" {
		fill(img, width/16, bar*2, width-width/16, height-bar, 3)
	}
	dot := max(1, height/90)
	digits(img, width/16+dot*4, bar*2+dot*4, dot, strconv.Itoa(d.Logical))
	digits(img, width/16+dot*4, bar*2+dot*12, dot, strconv.Itoa(width)+"x"+strconv.Itoa(height))
	return img
}

func fill(img *image.Paletted, x0, y0, x1, y1 int, c byte) {
	for y := max(y0, 0); y < min(y1, img.Rect.Max.Y); y++ {
		row := img.Pix[y*img.Stride:]
		for x := max(x0, 0); x < min(x1, img.Rect.Max.X); x++ {
			row[x] = c
		}
	}
}

// glyphs are three columns of five dots each.
var glyphs = map[rune][5]byte{
	'0': {7, 5, 5, 5, 7}, '1': {2, 6, 2, 2, 7}, '2': {7, 1, 7, 4, 7}, '3': {7, 1, 7, 1, 7}, '4': {5, 5, 7, 1, 1},
	'5': {7, 4, 7, 1, 7}, '6': {7, 4, 7, 5, 7}, '7': {7, 1, 1, 1, 1}, '8': {7, 5, 7, 5, 7}, '9': {7, 5, 7, 1, 7}, 'x': {0, 5, 2, 5, 0},
}

func digits(img *image.Paletted, x, y, dot int, text string) {
	for _, r := range text {
		for row, bits := range glyphs[r] {
			for column := range 3 {
				if bits&(4>>column) != 0 {
					fill(img, x+column*dot, y+row*dot, x+(column+1)*dot, y+(row+1)*dot, 2)
				}
			}
		}
		x += 4 * dot
	}
}

func encode(img image.Image) []byte {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	_ = encoder.Encode(&b, img) // writes to memory: nothing can fail
	return b.Bytes()
}

// raw is the picture as screencap gives it without -p: a head of four words,
// then RGBA.
func raw(img *image.Paletted) []byte {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := make([]byte, 0, 16+4*w*h)
	for _, word := range []int{w, h, 1, 1} {
		out = binary.LittleEndian.AppendUint32(out, uint32(word))
	}
	for _, i := range img.Pix {
		r, g, b, a := img.Palette[i].RGBA()
		out = append(out, byte(r>>8), byte(g>>8), byte(b>>8), byte(a>>8))
	}
	return out
}
