// Package lessons holds the replay of tare learn to what a real engine builds.
package lessons
