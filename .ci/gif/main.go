// Gif joins pictures of one size into an animation that repeats:
//
//	go run ./.ci/gif OUT.gif FRAME.png=MILLISECONDS …
//
// Of each frame only the rectangle that differs from the frame before is stored, in the
// 255 colours that all frames have most of.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return errors.New("usage: gif OUT.gif FRAME.png=MILLISECONDS …")
	}
	var frames []image.Image
	var delays []int
	for _, arg := range args[1:] {
		name, text, _ := strings.Cut(arg, "=")
		delay, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%s: how long it is shown is missing", arg)
		}
		frame, err := read(name)
		if err != nil {
			return err
		}
		frames, delays = append(frames, frame), append(delays, delay/10)
	}
	out, err := os.Create(args[0])
	if err != nil {
		return err
	}
	return errors.Join(gif.EncodeAll(out, join(frames, delays)), out.Close())
}

func read(name string) (image.Image, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return png.Decode(file)
}

// join makes the animation. A frame that differs in nothing prolongs the one before.
func join(frames []image.Image, delays []int) *gif.GIF {
	colours := common(frames)
	nearest := make(map[color.RGBA]uint8)
	animation := &gif.GIF{}
	var before *image.Paletted
	for n, frame := range frames {
		whole := image.NewPaletted(frame.Bounds(), colours)
		for y := whole.Rect.Min.Y; y < whole.Rect.Max.Y; y++ {
			for x := whole.Rect.Min.X; x < whole.Rect.Max.X; x++ {
				at := color.RGBAModel.Convert(frame.At(x, y)).(color.RGBA)
				index, ok := nearest[at]
				if !ok {
					index = uint8(colours.Index(at))
					nearest[at] = index
				}
				whole.SetColorIndex(x, y, index)
			}
		}
		part := differs(before, whole)
		if part.Empty() {
			animation.Delay[len(animation.Delay)-1] += delays[n]
			continue
		}
		animation.Image = append(animation.Image, whole.SubImage(part).(*image.Paletted))
		animation.Delay = append(animation.Delay, delays[n])
		animation.Disposal = append(animation.Disposal, gif.DisposalNone)
		before = whole
	}
	return animation
}

// common are the colours that are most frequent.
func common(frames []image.Image) color.Palette {
	counts := make(map[color.RGBA]int)
	for _, frame := range frames {
		b := frame.Bounds()
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				counts[color.RGBAModel.Convert(frame.At(x, y)).(color.RGBA)]++
			}
		}
	}
	all := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(key(a), key(b)))
	})
	var palette color.Palette
	for _, c := range all[:min(len(all), 255)] {
		palette = append(palette, c)
	}
	return palette
}

func key(c color.RGBA) uint32 { return uint32(c.R)<<16 | uint32(c.G)<<8 | uint32(c.B) }

// differs is the rectangle in which two frames differ: all of it where there is none
// before.
func differs(before, now *image.Paletted) image.Rectangle {
	if before == nil {
		return now.Rect
	}
	var part image.Rectangle
	for y := now.Rect.Min.Y; y < now.Rect.Max.Y; y++ {
		for x := now.Rect.Min.X; x < now.Rect.Max.X; x++ {
			if before.ColorIndexAt(x, y) != now.ColorIndexAt(x, y) {
				part = part.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return part
}
