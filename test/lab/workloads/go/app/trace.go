package app

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"

	"honeydue.lab/workloads/contract"
)

const exportTimeout = 10 * time.Second

// Trace starts sending spans to OBS_TRACES_URL with the bearer token OBS_INGEST_TOKEN, under the
// service name honeydue-NAME (OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES may say more). Without
// the URL no span is made. A receiver that is down never holds up a request: spans are dropped.
// The returned function sends what is left and must be called last.
func Trace(ctx context.Context, process Process, env contract.Env) (func(), error) {
	url := env["OBS_TRACES_URL"]
	if url == "" {
		process.Log.Info("no OBS_TRACES_URL: spans are off")
		return func() {}, nil
	}
	headers := map[string]string{}
	if token := env["OBS_INGEST_TOKEN"]; token != "" {
		headers["Authorization"] = "Bearer " + token
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(url), otlptracehttp.WithHeaders(headers), otlptracehttp.WithTimeout(exportTimeout))
	if err != nil {
		return nil, fmt.Errorf("OBS_TRACES_URL: %w", err)
	}
	about, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "honeydue-"+process.Name), attribute.String("service.version", process.Version)),
		resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	sampler, err := samplerOf(env)
	if err != nil {
		return nil, err
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { process.Log.Warn("spans not sent", "error", err.Error()) }))
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(about), trace.WithSampler(sampler))
	otel.SetTracerProvider(provider)
	return func() {
		deadline, cancel := context.WithTimeout(context.Background(), exportTimeout/2)
		defer cancel()
		if err := provider.Shutdown(deadline); err != nil {
			process.Log.Warn("last spans not sent", "error", err.Error())
		}
	}, nil
}

// samplerOf: everything under DEBUG, one request in ten otherwise, OTEL_TRACES_SAMPLER_ARG over both.
func samplerOf(env contract.Env) (trace.Sampler, error) {
	if text := env["OTEL_TRACES_SAMPLER_ARG"]; text != "" {
		ratio, err := strconv.ParseFloat(text, 64)
		if err != nil || ratio < 0 || ratio > 1 {
			return nil, fmt.Errorf("OTEL_TRACES_SAMPLER_ARG is not a ratio between 0 and 1")
		}
		return trace.ParentBased(trace.TraceIDRatioBased(ratio)), nil
	}
	if env.Debug() {
		return trace.AlwaysSample(), nil
	}
	return trace.ParentBased(trace.TraceIDRatioBased(0.1)), nil
}

// Spans gives every request but the health checks one span.
func Spans(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/health/" {
			next.ServeHTTP(w, r)
			return
		}
		ctx, span := otel.Tracer("honeydue").Start(r.Context(), r.Method+" "+r.URL.Path)
		defer span.End()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
