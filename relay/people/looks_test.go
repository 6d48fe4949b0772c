package people_test

import (
	"testing"
	"time"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/core/coretest"
	"github.com/farbench/farbench/relay/people"
)

func TestClean_LettersOfSeveralAlphabets(t *testing.T) {
	for _, name := range []string{"Аda", "Adа", "Ρia", "Grаce Hopper", "Ольга Ivanova", "αda", "𝛂da", "Ada 李 Иван"} {
		if got, err := people.Clean(name); err == nil {
			t.Errorf("%q passes as %q", name, got)
		} else {
			want(t, err, wire.Invalid)
		}
	}
	for _, name := range []string{
		"Ольга", "李雷", "Ωρίων", "José", "Ольга 2", "山田 太郎 (タロウ)", "たろう山田", "김철수 Kim", "ㄅㄆ 李", "नेहा", "ณัฐ", "שרה", "Møller-Ångström", "Ａｄａ", "𝐀𝐝𝐚", "Ada ⚙ №1",
	} {
		if _, err := people.Clean(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestPeople_NameThatLooksLikeAnother(t *testing.T) {
	var clock later
	l := coretest.New(t)
	one, two := newDesk(t, l, clock.set), newDesk(t, l, clock.set)
	acting(t, one, "Coco")
	signIn(t, one, "José")
	pop := signIn(t, one, "Рор") // Cyrillic
	for _, name := range []string{"Сосо", "СОСО", "Pop", "ϲοϲο", "teѕter", "ɡuest", "Joѕé"} {
		for _, try := range []func() error{
			func() error { _, err := two.SignIn(t.Context(), name); return err },
			func() error { _, err := two.Named(t.Context(), name); return err },
			func() error { _, err := two.Acting(t.Context(), name); return err },
		} {
			if err := try(); code(err) != wire.NameTaken && code(err) != wire.Invalid {
				t.Errorf("%q looks like somebody and passes: %v", name, err)
			}
		}
	}
	grace := signIn(t, two, "Grace")
	_, err := two.Rename(t.Context(), grace.Session.ID, "сосо")
	want(t, err, wire.NameTaken)
	// One's own name in another alphabet looks like oneself.
	if _, err := one.Rename(t.Context(), pop.Session.ID, "Pop"); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"Jose", "Вова", "Ольга", "李雷", "Stern", "Stem"} {
		acting(t, two, name)
	}
	clock.pass(30 * 24 * time.Hour)
	if _, err := two.Acting(t.Context(), "Сосо"); err != nil {
		t.Errorf("what looks like somebody who is long gone: %v", err)
	}
}

// One's own name in other letters is looked at as a new one is.
func TestPeople_RespelledLooksLikeAnother(t *testing.T) {
	var clock later
	one := newDesk(t, coretest.New(t), clock.set)
	signIn(t, one, "BOP")
	thief := signIn(t, one, "вор") // Cyrillic
	_, err := one.Rename(t.Context(), thief.Session.ID, "ВОР")
	want(t, err, wire.NameTaken)
	if err := one.SignOut(t.Context(), thief.Session.ID); err != nil {
		t.Fatal(err)
	}
	_, err = one.SignIn(t.Context(), "ВОР")
	want(t, err, wire.NameTaken)
	signIn(t, one, "вор") // as it was
	// Nor does somebody come back to a name that another has taken the looks of.
	signIn(t, one, "ТОМ")
	clock.pass(30 * 24 * time.Hour)
	signIn(t, one, "TOM")
	_, err = one.SignIn(t.Context(), "ТОМ")
	want(t, err, wire.NameTaken)
	// A spelling that looks like nobody else is free.
	grace := signIn(t, one, "grace")
	if who, err := one.Rename(t.Context(), grace.Session.ID, "Grace"); err != nil || who.Name != "Grace" {
		t.Errorf("%+v, %v", who, err)
	}
}
