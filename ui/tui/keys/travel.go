package keys

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// Travel moves by what a movement key says, and reports whether it was one.
func Travel(k *Map, msg tea.KeyPressMsg, height, count int, move func(n int)) bool {
	height = max(height, 1)
	switch {
	case key.Matches(msg, k.Up):
		move(-1)
	case key.Matches(msg, k.Down):
		move(1)
	case key.Matches(msg, k.PageUp):
		move(-height)
	case key.Matches(msg, k.PageDown):
		move(height)
	case key.Matches(msg, k.HalfUp):
		move(-max(height/2, 1))
	case key.Matches(msg, k.HalfDown):
		move(max(height/2, 1))
	case key.Matches(msg, k.Top):
		move(-count)
	case key.Matches(msg, k.Bottom):
		move(count)
	default:
		return false
	}
	return true
}
