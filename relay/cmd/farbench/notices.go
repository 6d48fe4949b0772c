package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

type noticesCommand struct {
	Benches []string `arg:"" optional:"" name:"bench" help:"With --follow: what is said at these benches, too."`
	Follow  bool     `short:"f" help:"Go on until Ctrl-C, with what is said to the lab. Others see that you are here."`
	JSON    bool     `help:"Print the API's events, a JSON object a line."`
}

// Run prints what was told to this person: notices and messages.
func (c noticesCommand) Run(around *surroundings) error {
	if len(c.Benches) > 0 && !c.Follow {
		return &usageError{"a bench without --follow", "farbench notices --follow " + strings.Join(c.Benches, " ")}
	}
	return refusing(around, c.JSON, c.tell(around))
}

func (c noticesCommand) tell(around *surroundings) error {
	ctx, stop := signal.NotifyContext(around.ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	relay, err := around.relay(client.Config{Patience: day, Waiting: func(err error) {
		if err != nil && around.err.interactive {
			fmt.Fprintln(around.err, around.err.paint(dim, "· waiting for the relay: "+clean(err.Error())))
		}
	}})
	if err != nil {
		return err
	}
	var rooms []string
	if c.Follow {
		rooms = append(rooms, "lab")
	}
	for _, bench := range c.Benches {
		rooms = append(rooms, "bench:"+bench)
	}
	said := 0
	err = relay.Told(ctx, c.Follow, rooms, func(e api.Event) error {
		said++
		if c.JSON {
			return printJSON(around.out, e)
		}
		return printEvent(around.out, e)
	})
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, syscall.EPIPE):
		return exit(exitCancelled)
	case err != nil:
		return fmt.Errorf("listening: %w", err)
	}
	if said == 0 && !c.JSON {
		fmt.Fprintln(around.out, "nothing was told to you")
	}
	return nil
}

// printEvent writes when, and what, and what one can do about it.
func printEvent(out *terminal, e api.Event) error {
	words, todo := wordsOf(e)
	at := e.At.Local().Format("15:04:05")
	lines := strings.Split(strings.TrimRight(words, "\n"), "\n")
	for i, line := range lines {
		lines[i] = clean(line)
	}
	text := out.paint(dim, at) + "  " + strings.Join(lines, "\n          ") + "\n"
	if todo != "" {
		text += "          " + out.paint(cyan, clean(todo)) + "\n"
	}
	_, err := out.Write([]byte(text))
	return err
}

func wordsOf(e api.Event) (words, todo string) {
	var text string
	isText := json.Unmarshal(e.D, &text) == nil
	if !isText {
		text = string(e.D)
	}
	var n api.Notice
	switch {
	case e.Ev == "gap":
		return "what was said in between is missing: " + text, ""
	case e.Ev == "notice" && json.Unmarshal(e.D, &n) == nil:
		return noticeWords(n)
	case e.Ev != "message":
		text = e.Ev + " " + text
	}
	return spokenBy(e) + ": " + text, ""
}

// spokenBy says who speaks to whom.
func spokenBy(e api.Event) string {
	from := "the relay"
	if e.From != nil {
		from = e.From.Name
	}
	bench, isBench := strings.CutPrefix(e.Room, "bench:")
	switch {
	case e.To != "":
		return "you to " + e.ToName
	case isBench:
		return from + " at " + bench
	case e.Room == "lab":
		return from + " to the lab"
	}
	return from + " to you"
}

func noticeWords(n api.Notice) (words, todo string) {
	words = n.Text
	if n.Note != "" && !strings.Contains(words, n.Note) {
		words += ": " + n.Note
	}
	place := placeName(n.Bench, n.Device)
	switch who := personWord(n.Who); n.Kind {
	case api.NoticeOffered:
		if n.Until != nil && time.Now().Before(*n.Until) {
			todo = "farbench answer " + place + " yes|no"
		}
	case api.NoticeAsked:
		todo = "farbench hand " + place + " " + who + ", or farbench refuse " + place + " " + who
	case api.NoticeEnds:
		todo = "farbench reserve " + place + " --for 1h keeps it"
		if n.Who != nil { // it cannot be extended then
			todo = n.Who.Name + " waits, so it cannot be kept: farbench hand " + place + " " + who + " gives it over now"
		}
	}
	return words, todo
}

// personWord is how somebody is named on a command line.
func personWord(who *api.User) string {
	switch {
	case who == nil:
		return "PERSON"
	case strings.ContainsFunc(who.Name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9')
	}):
		return who.ID
	}
	return who.Name
}
