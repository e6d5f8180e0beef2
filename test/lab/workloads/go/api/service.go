package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"honeydue.lab/workloads/app"
	"honeydue.lab/workloads/contract"
)

// bodyLimit is the real api's (Echo BodyLimit 1 MB).
const bodyLimit = 1 << 20

type service struct {
	process app.Process
	env     contract.Env
	redis   *redis.Client
	queue   *asynq.Client
}

// health looks at the process alone: a database or Redis that is away must not restart api.
func (s *service) health(w http.ResponseWriter, _ *http.Request) {
	if s.process.Fault == "never-ready" {
		s.process.Log.Error("this image is the lab's broken one: it never becomes ready")
		app.JSON(w, http.StatusInternalServerError, map[string]string{"status": "broken"})
		return
	}
	app.JSON(w, http.StatusOK, map[string]string{"status": "ok", "version": s.process.Version})
}

func landing(w http.ResponseWriter, _ *http.Request) {
	// The policy that the real api sends itself: a proxy in front must leave it alone.
	w.Header().Set("Content-Security-Policy", "default-src 'self'; style-src 'self' https://fonts.googleapis.com")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte("<!doctype html><title>honeyDue</title><h1>honeyDue</h1>\n"))
}

func (s *service) listTasks(w http.ResponseWriter, r *http.Request) {
	if !authorized(w, r) {
		return
	}
	app.JSON(w, http.StatusOK, []string{})
}

func (s *service) createTask(w http.ResponseWriter, r *http.Request) {
	if !authorized(w, r) {
		return
	}
	var task map[string]any
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyLimit)).Decode(&task)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		app.JSON(w, http.StatusRequestEntityTooLarge, map[string]string{"message": "Request Entity Too Large"})
	case err != nil:
		app.JSON(w, http.StatusBadRequest, map[string]string{"message": "the body is not JSON"})
	default:
		app.JSON(w, http.StatusCreated, task)
	}
}

func authorized(w http.ResponseWriter, r *http.Request) bool {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Token "); ok && token != "" {
		return true
	}
	app.JSON(w, http.StatusUnauthorized, map[string]string{"message": "Unauthorized"})
	return false
}
