// Command registry serves container images over TLS to those who know a password: some may push, the others only pull.
//
// What it serves is distribution's own (CNCF). What this program does differently from its standard command: users have
// rights, where its password file lets everybody write; there is no second port, no tracing and no plain HTTP; the only
// storage is a folder, which is all that the process can see of the machine once it listens: it changes its root to
// it and gives up root.
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry/auth"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
	"github.com/sirupsen/logrus"
	"golang.org/x/net/netutil"
)

const (
	nobody      = 65534
	connections = 64 // at a time: each takes memory, and nodes and who pushes need few

	unknown = 10 * time.Second // for the whole of a request, until it shows a password
	known   = 5 * time.Minute  // between two pieces of what is pushed, over a slow line
)

func main() {
	address := flag.String("listen", "", "address and port")
	data := flag.String("data", "", "folder of the images; all that the process sees of the machine where it begins as root")
	certificate := flag.String("certificate", "", "file (PEM)")
	key := flag.String("key", "", "file (PEM)")
	users := flag.String("users", "", `file (JSON): {"name": {"sha256": "of the password", "push": false}}`)
	flag.Parse()
	if err := serve(*address, *data, *certificate, *key, *users); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(address, data, certificate, key, users string) error {
	logrus.SetLevel(logrus.WarnLevel)
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return err
	}
	known, err := readUsers(users)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	if data, err = confine(data); err != nil {
		return err
	}
	if err := auth.Register("users", func(map[string]any) (auth.AccessController, error) { return known, nil }); err != nil {
		return err
	}
	config := &configuration.Configuration{
		Storage: configuration.Storage{"filesystem": configuration.Parameters{"rootdirectory": data}},
		Auth:    configuration.Auth{"users": configuration.Parameters{}},
	}
	config.HTTP.RelativeURLs = true  // who comes through a relay is sent on through it
	config.HTTP.Secret = rand.Text() // signs uploads under way; after another start they begin anew
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	server := &http.Server{
		Handler:        patient(handlers.NewApp(ctx, config)),
		TLSConfig:      &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12},
		Protocols:      new(http.Protocols), // HTTP/1 alone: in HTTP/2 no request's bound is its connection's
		ReadTimeout:    unknown,
		IdleTimeout:    time.Minute,
		MaxHeaderBytes: 64 << 10,
		ErrorLog:       log.New(io.Discard, "", 0), // handshakes that strangers break off
	}
	server.Protocols.SetHTTP1(true)
	failed := make(chan error, 1)
	go func() { failed <- server.ServeTLS(netutil.LimitListener(listener, connections), "", "") }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := server.Shutdown(ending); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return server.Close()
}

// confine makes the folder the root of what the process sees and gives up root; it returns what the folder is then
// called. Who does not begin as root stays as he is.
func confine(folder string) (string, error) {
	if os.Getuid() != 0 {
		return folder, nil
	}
	steps := []func() error{
		func() error { return syscall.Chroot(folder) },
		func() error { return os.Chdir("/") },
		func() error { return syscall.Setgroups(nil) },
		func() error { return syscall.Setresgid(nobody, nobody, nobody) },
		func() error { return syscall.Setresuid(nobody, nobody, nobody) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return "", fmt.Errorf("cannot be confined to %s: %w", folder, err)
		}
	}
	return "/", nil
}

// user is who may get in. A password is drawn by a machine from so many that a plain digest of it can be kept.
type user struct {
	SHA256 string `json:"sha256"`
	Push   bool   `json:"push"`
}

type accounts map[string]user

func readUsers(file string) (accounts, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var known accounts
	if err := json.Unmarshal(text, &known); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for name, one := range known {
		if sum, err := hex.DecodeString(one.SHA256); name == "" || err != nil || len(sum) != sha256.Size {
			return nil, fmt.Errorf("%s: %q has no SHA-256 of a password", file, name)
		}
	}
	return known, nil
}

// Authorized lets every user pull, and those who may push do everything else as well.
func (known accounts) Authorized(request *http.Request, wanted ...auth.Access) (*auth.Grant, error) {
	name, password, _ := request.BasicAuth()
	sum := sha256.Sum256([]byte(password))
	found, there := known[name]
	if subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(found.SHA256)) != 1 || !there {
		return nil, challenge{auth.ErrAuthenticationFailure}
	}
	for _, access := range wanted {
		if access.Action != "pull" && !found.Push {
			return nil, challenge{fmt.Errorf("%s may only pull", name)}
		}
	}
	if arriving, ok := request.Context().Value(arrivingKey{}).(*arriving); ok {
		arriving.trust()
	}
	return &auth.Grant{User: auth.UserInfo{Name: name}}, nil
}

// challenge is a refusal that says how one gets in.
type challenge struct{ error }

func (challenge) SetHeaders(_ *http.Request, writer http.ResponseWriter) {
	writer.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
}

// arriving is what comes in of a request. A stranger has so little time for it, and its connection ends with it, that
// half of a request keeps nobody else out.
type arriving struct {
	io.ReadCloser
	control *http.ResponseController
	answer  http.Header
	trusted bool
}

type arrivingKey struct{}

// patient lets a request take longer once it has shown a password.
func patient(next http.Handler) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		body := &arriving{ReadCloser: request.Body, control: http.NewResponseController(writer), answer: writer.Header()}
		body.answer.Set("Connection", "close")
		request = request.WithContext(context.WithValue(request.Context(), arrivingKey{}, body))
		if request.Body != http.NoBody { // which has to be told from others when all is in
			request.Body = body
		}
		next.ServeHTTP(writer, request)
	})
}

func (body *arriving) trust() {
	body.trusted = true
	body.answer.Del("Connection")
	if body.ReadCloser == http.NoBody {
		body.until(time.Time{})
	} else {
		body.until(time.Now().Add(known))
	}
}

func (body *arriving) Read(into []byte) (int, error) {
	if body.trusted {
		body.until(time.Now().Add(known))
	}
	count, err := body.ReadCloser.Read(into)
	if body.trusted && errors.Is(err, io.EOF) {
		body.until(time.Time{}) // all is in: what is now awaited is that the other end goes, which breaks an answer off
	}
	return count, err
}

// until says when waiting for the other end is over. Where it cannot be said, the stranger's bound stays.
func (body *arriving) until(when time.Time) {
	if err := body.control.SetReadDeadline(when); err != nil {
		logrus.Warn(err)
	}
}
