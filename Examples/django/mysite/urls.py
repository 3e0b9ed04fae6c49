from django.urls import path
from hello import views

urlpatterns = [
    path('greet/<name>', views.greet),
    path('greeting/<int:number>', views.greeting),
    path('count', views.count),
]
