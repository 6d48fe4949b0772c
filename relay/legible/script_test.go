package legible

import "testing"

func TestIsMixed(t *testing.T) {
	for text, mixed := range map[string]bool{
		"": false, "Ada 1.5 ⚙": false, "Ада": false, "Аda": true, "Αda": true, "Ада λ": true,
		"李雷 Li": false, "タロウ たろう 太郎 Taro": false, "김 金 Kim": false, "ㄅ李": false, "김たろう": true, "李 Ада": true,
		"a\u0301": false, "и\u0306": false, "ー": false,
	} {
		if got := IsMixed(text); got != mixed {
			t.Errorf("%q: mixed %t", text, got)
		}
	}
}

func TestSkeleton(t *testing.T) {
	if Skeleton("сосо") != Skeleton("coco") || Skeleton("José") == Skeleton("Jose") {
		t.Error("what looks alike is not found, or what does not is")
	}
}
