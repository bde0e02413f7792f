// Fails in every way that Go has, when told to.

package export_wit_world

import (
	"os"
	"time"
)

func Double(number uint32) uint32 {
	return number * 2
}

func Panic() {
	panic("told to")
}

func ReachUnreachable() {
	var nothing *int
	*nothing = 1
}

func OverflowStack() {
	depth(1)
}

func depth(above int) int {
	return depth(above+1) + 1
}

func ExhaustMemory() {
	var blocks [][]byte
	for {
		block := make([]byte, 1<<20)
		for i := range block {
			block[i] = 1
		}
		blocks = append(blocks, block)
	}
}

func EndProcess() {
	os.Exit(3)
}

func Spin() {
	for {
	}
}

func WaitInHost(seconds uint64) {
	time.Sleep(time.Duration(seconds) * time.Second)
}
