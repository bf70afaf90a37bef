package match_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"sort"
	"testing"
	"time"

	"masjala/facility/match"
	"masjala/internal/linkage"
)

var draw = flag.String("draw", "", "folder")

func TestDraw(t *testing.T) {
	if *draw == "" {
		t.Skip("nothing to draw")
	}
	for name, p := range map[string]pairing{"south-africa": southAfrica(t), "tanzania": tanzania(t)} {
		start := time.Now()
		pairs, err := match.Candidates(t.Context(), p.a, p.b)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(name, len(p.a), len(p.b), len(pairs), time.Since(start))
		bestA, bestB := map[int]linkage.Pair{}, map[int]linkage.Pair{}
		for _, q := range pairs {
			if o, ok := bestA[q.A]; !ok || q.Bits > o.Bits {
				bestA[q.A] = q
			}
			if o, ok := bestB[q.B]; !ok || q.Bits > o.Bits {
				bestB[q.B] = q
			}
		}
		seen := map[[2]int]bool{}
		var bins [10][]linkage.Pair
		for _, m := range []map[int]linkage.Pair{bestA, bestB} {
			for _, q := range m {
				if k := [2]int{q.A, q.B}; !seen[k] {
					seen[k] = true
					bins[min(9, int(q.Score()*10))] = append(bins[min(9, int(q.Score()*10))], q)
				}
			}
		}
		r := rand.New(rand.NewPCG(2026, 11))
		f, _ := os.Create(*draw + "/" + name + ".csv")
		g, _ := os.Create(*draw + "/" + name + ".txt")
		for k, bin := range bins {
			sort.Slice(bin, func(i, j int) bool { return bin[i].A < bin[j].A || bin[i].A == bin[j].A && bin[i].B < bin[j].B })
			r.Shuffle(len(bin), func(i, j int) { bin[i], bin[j] = bin[j], bin[i] })
			for n, q := range bin[:min(len(bin), 30)] {
				fmt.Fprintf(f, "%d,%d,%d,%d,%s\n", q.A+1, q.B+1, k, len(bin), []string{"tune", "test"}[n%2])
				x, y := p.a[q.A], p.b[q.B]
				fmt.Fprintf(g, "%d/%d %.2f | %s %v; %s; %v || %s; %s; %v | %s\n", q.A+1, q.B+1, q.Score(), x.Name, x.Others, x.Type, x.Areas, y.Name, y.Type, y.Areas, q.Explain())
			}
			t.Log(k, len(bin))
		}
		f.Close()
		g.Close()
	}
}
