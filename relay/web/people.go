package web

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/gateway"
	"github.com/farbench/farbench/relay/hub"
	"github.com/farbench/farbench/relay/people"
)

// People is who works here, and in which sessions, the same on every relay.
type People interface {
	Session(ctx context.Context, id string) (people.Signed, error)
	SignIn(ctx context.Context, name string) (people.Signed, error)
	Named(ctx context.Context, name string) (api.User, error)
	Arriving(ctx context.Context, name string) (api.User, error)
	Acting(ctx context.Context, name string) (api.User, error)
	Rename(ctx context.Context, session, name string) (api.User, error)
	SignOut(ctx context.Context, session string) error
	MakeLink(ctx context.Context, person string) (code string, until time.Time, err error)
	Redeem(ctx context.Context, code string) (people.Signed, error)
	User(id string) (api.User, bool)
	// Living says whether somebody is signed in as that person.
	Living(id string) bool
	// Watch tells of changes, whichever relay made them.
	Watch(people.Told)
}

// Crowd is who is here now.
type Crowd interface {
	In(room string) []api.Person
}

// nameHeader says who speaks with the token alone: percent-encoded UTF-8.
const nameHeader = "Farbench-Name"

// named is who speaks with the token alone, and does what: asks for a document,
// comes to stay, or does what is recorded.
func (s *Server) named(ctx context.Context, header, method, path string) (api.User, error) {
	if header == "" {
		return people.Tester, nil
	}
	name, err := url.PathUnescape(header)
	if err != nil {
		return api.User{}, &wire.Fault{Code: wire.Invalid, Message: nameHeader + " is not percent-encoded", Hint: "write it as encodeURIComponent does"}
	}
	switch {
	case path == pathSocket, path == pathBulk, path == pathEvents, path == pathUp: // what comes up is each a deed or none
		return s.cfg.People.Arriving(ctx, name)
	case method == http.MethodGet, method == http.MethodHead, open(method, path):
		return s.cfg.People.Named(ctx, name)
	}
	return s.cfg.People.Acting(ctx, name)
}

// holds says whether a session does; where that cannot be known now it has not
// ended as far as anybody knows.
func (s *Server) holds(ctx context.Context, session string) (api.User, bool) {
	signed, err := s.cfg.People.Session(ctx, session)
	return signed.User, !isRefused(err)
}

// sessionEnded closes the sockets of a session that no longer holds, whichever
// relay was told so.
func (s *Server) sessionEnded(id string) {
	for _, c := range s.hub.Conns() {
		if c.Session() == id {
			c.Close(hub.Revoked, "signed out", 0)
		}
	}
}

type peopleQuery struct {
	Bench  string `query:"bench" doc:"only those who are at this bench"`
	Limit  int    `query:"limit" doc:"at most 500, which is the default"`
	Cursor string `query:"cursor" doc:"next of the page before"`
}

func (s *Server) routePeople() {
	ask(s, huma.Operation{OperationID: "people", Method: http.MethodGet, Path: "/api/v1/people", Summary: "Who is here, what they look at, since when"},
		func(_ context.Context, in *peopleQuery) (*answer[api.People], error) {
			room := "lab"
			if in.Bench != "" {
				switch _, ok := s.cfg.Benches.Get(in.Bench); {
				case !ok && !s.cfg.Benches.Loaded():
					return nil, gateway.Loading
				case !ok:
					return nil, &wire.Fault{Code: wire.BenchUnknown, Message: "there is no such bench", Hint: "GET /api/v1/benches lists them"}
				}
				room = "bench:" + in.Bench
			}
			if in.Limit == 0 {
				in.Limit = listMax
			}
			if err := limitOf(&in.Limit); err != nil {
				return nil, err
			}
			var here []api.Person
			if s.cfg.Crowd != nil {
				here = s.cfg.Crowd.In(room)
			}
			page, err := pageOf(here, in.Limit, in.Cursor)
			return &answer[api.People]{page}, err
		})
}

// pageOf lists people by name, from behind the one at which the page before ended:
// who comes and goes meanwhile moves nobody else out of the pages.
func pageOf(here []api.Person, limit int, cursor string) (api.People, error) {
	from, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return api.People{}, &wire.Fault{Code: wire.Invalid, Message: "cursor is not one that this API gave", Hint: "leave it out to begin with the first"}
	}
	place := func(p api.Person) string { return strings.ToLower(p.Name) + "\x00" + p.ID }
	slices.SortFunc(here, func(a, b api.Person) int { return strings.Compare(place(a), place(b)) })
	page := api.People{People: []api.Person{}, Count: len(here)}
	for _, p := range here {
		switch at := place(p); {
		case cursor != "" && at <= string(from):
		case len(page.People) == limit:
			page.Next = base64.RawURLEncoding.EncodeToString([]byte(place(page.People[limit-1])))
			return page, nil
		default:
			page.People = append(page.People, p)
		}
	}
	return page, nil
}

// isRefused tells a session that does not hold from a store that does not answer.
func isRefused(err error) bool {
	var fault *wire.Fault
	return errors.As(err, &fault) && fault.Code == wire.Unauthorized
}
