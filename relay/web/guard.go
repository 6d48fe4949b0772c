package web

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/auth"
	"github.com/farbench/farbench/relay/gateway"
)

// Paths that the guard knows by name.
const (
	pathHealth  = "/healthz"
	pathReady   = "/readyz"
	pathMetrics = "/metrics"
	pathOpenAPI = "/openapi.json"
	pathSocket  = "/ws"
	pathBulk    = "/ws/bulk"
	pathEvents  = "/events"
	pathAPI     = "/api/"
	pathSession = "/api/v1/session"
	pathLink    = "/api/v1/link"
	pathRedeem  = "/api/v1/link/redeem"
)

// who is the person behind a request.
type who struct {
	gateway.Visitor
	host   string // as the request names the relay
	choose bool   // they have not chosen a name yet
}

type whoKey struct{}

// guard stands before every route. It refuses in the order that PROTOCOL
// promises: Host, Origin, (body size, by the server itself), authentication,
// policy, the rest. Only the routes named in open need no token.
func (s *Server) guard(c *fiber.Ctx) (err error) {
	began := time.Now()
	defer func() {
		if cause := recover(); cause != nil {
			c.Response().ResetBody()
			err = refuse(c, s.Panicked("answering "+c.Method()+" "+c.Path(), cause))
		}
		s.metrics.answered(c, began)
	}()
	securityHeaders(c)
	if refused := s.whence(c); refused != nil {
		return refuse(c, refused)
	}
	if s.isStatic(c) {
		return s.static.serve(c)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	isOpen := open(c.Method(), c.Path())
	person, refused := s.identify(c)
	if refused != nil && (!isOpen || refused.Retry && c.Method() == http.MethodGet) {
		return refuse(c, refused) // a socket too: it would else be told that its session has ended
	}
	if c.Path() != pathHealth && c.Path() != pathReady {
		// Who is within is waited for; who comes after gets this answer.
		if !s.enter() {
			return refuse(c, stopping)
		}
		defer s.active.Done()
	}
	if hasBody(c) && !isJSON(c) {
		return refuse(c, mediaType)
	}
	// The decoder would put U+FFFD for each wrong byte and run another command.
	if !utf8.Valid(c.Request().Body()) {
		return refuse(c, notUTF8)
	}
	person.Known = refused == nil
	ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), whoKey{}, person), gateway.AnswerLimit)
	defer cancel()
	c.SetUserContext(ctx)
	if err := c.Next(); err != nil {
		return s.onError(c, err)
	}
	return s.adopt(c)
}

var (
	notUTF8     = &wire.Fault{Code: wire.Invalid, Message: "the body is not valid UTF-8", Hint: "JSON is UTF-8; let the device make other bytes: printf '\\377'"}
	notSignedIn = &wire.Fault{
		Code: wire.Unauthorized, Message: "this needs a token or a session",
		Hint: "send Authorization: Bearer TOKEN, or sign in; in local mode `farbench link` makes a link that signs in",
	}
	stopping = &wire.Fault{
		Code: wire.Unavailable, Message: "the relay is stopping",
		Hint: "ask again: another relay, or this one after its restart, answers", Retry: true,
	}
)

// whence refuses a request by its Host and Origin. Probes come under any name.
func (s *Server) whence(c *fiber.Ctx) *wire.Fault {
	path := c.Path()
	if path != pathHealth && path != pathReady && !s.hosts.Host(string(c.Context().Request.Header.Host())) {
		return &wire.Fault{
			Code: wire.HostRefused, Message: "the relay does not go by this host name",
			Hint: "use the address that the relay printed, or add the name to FARBENCH_HOSTS",
		}
	}
	origins := c.Context().Request.Header.PeekAll(fiber.HeaderOrigin)
	if len(origins) > 1 || len(origins) == 1 && !s.hosts.Origin(string(origins[0])) {
		return &wire.Fault{
			Code: wire.OriginRefused, Message: "a page of another origin may not ask this relay",
			Hint: "open the dashboard from the relay's own address; behind TLS set FARBENCH_SCHEME=https",
		}
	}
	return nil
}

// open says whether a route needs no token. The socket has its own hello.
func open(method, path string) bool {
	switch path {
	case pathHealth, pathReady, pathSocket, pathBulk:
		return method == http.MethodGet || method == http.MethodHead
	case pathSession, pathRedeem:
		return method == http.MethodPost
	}
	return false
}

// isStatic tells the dashboard's files and deep links from everything else.
func (s *Server) isStatic(c *fiber.Ctx) bool {
	if c.Method() != http.MethodGet && c.Method() != http.MethodHead {
		return false
	}
	path := c.Path()
	switch path {
	case pathHealth, pathReady, pathMetrics, pathOpenAPI, pathSocket, pathEvents, "/api":
		return false
	}
	return !strings.HasPrefix(path, pathAPI) && !strings.HasPrefix(path, pathSocket+"/")
}

// identify finds out who asks: by token where one is given, else by cookie. A
// fault says that nobody does, or that it cannot be known now.
func (s *Server) identify(c *fiber.Ctx) (who, *wire.Fault) {
	person := who{host: string(c.Context().Request.Header.Host())}
	ctx, cancel := context.WithTimeout(context.Background(), gateway.AnswerLimit)
	defer cancel()
	if header := c.Get(fiber.HeaderAuthorization); header != "" {
		token, ok := auth.Bearer(header)
		if !ok || !s.keys.Token(token) {
			return person, notSignedIn
		}
		user, err := s.named(ctx, c.Get(nameHeader), c.Method(), c.Path())
		if err != nil {
			return person, s.Fault("finding who asks", err)
		}
		person.User = user
		return person, nil
	}
	session, err := s.keys.Session(c.Cookies(s.cookieOf(person.host)), time.Now())
	if err != nil {
		return person, notSignedIn
	}
	signed, err := s.cfg.People.Session(ctx, session.ID)
	if isRefused(err) {
		return person, notSignedIn
	} else if err != nil {
		return person, s.Fault("finding who asks", err)
	}
	person.User, person.choose = signed.User, signed.Choose
	person.Session, person.Expires = session.ID, signed.Session.Until
	return person, nil
}

func whoOf(ctx context.Context) who { w, _ := ctx.Value(whoKey{}).(who); return w }

func hasBody(c *fiber.Ctx) bool { return len(c.Request().Body()) > 0 }

func isJSON(c *fiber.Ctx) bool {
	kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "application/json")
}

// securityHeaders hold for every answer. Styles are set inline by the
// dashboard's components; scripts never are.
func securityHeaders(c *fiber.Ctx) {
	c.Set("Content-Security-Policy", "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "+
		"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "+
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("X-Frame-Options", "DENY")
	c.Set("Referrer-Policy", "no-referrer")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
}
