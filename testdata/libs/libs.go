// Package libs pins the real libraries that the tests of compile and library are
// held against. It has no other use.
package libs

import (
	_ "database/sql"
	_ "net/http"

	_ "github.com/cloudwego/hertz/pkg/app"
	_ "github.com/gin-gonic/gin"
	_ "github.com/go-chi/chi"
	_ "github.com/go-chi/chi/v5"
	_ "github.com/gofiber/fiber/v2"
	_ "github.com/gofrs/uuid"
	_ "github.com/gofrs/uuid/v5"
	_ "github.com/golang-jwt/jwt/v4"
	_ "github.com/golang-jwt/jwt/v5"
	_ "github.com/google/go-github/v74/github"
	_ "github.com/google/uuid"
	_ "github.com/gorilla/mux"
	_ "github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/julienschmidt/httprouter"
	_ "github.com/labstack/echo/v4"
	_ "github.com/lib/pq"
	_ "github.com/oapi-codegen/runtime"
	_ "github.com/robfig/cron/v3"
	_ "github.com/spf13/cobra"
	_ "github.com/sqlc-dev/pqtype"
	_ "github.com/standard-webhooks/standard-webhooks/libraries/go"
	_ "github.com/stripe/stripe-go/v82/webhook"
	_ "github.com/svix/svix-webhooks/go"
	_ "github.com/valyala/fasthttp"
	_ "golang.org/x/sync/errgroup"
	_ "golang.org/x/sync/singleflight"
)
